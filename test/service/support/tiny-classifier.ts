import { onnxModel, tensor } from '../../support/onnx-builder.js'

/** Rows of three numbers from 0 to 1; the class is whether the first is the largest. */
export function tinyRows(count: number): { inputs: number[][]; labels: number[] } {
  const inputs = Array.from({ length: count }, (_, i) => [i % 3, (2 * i) % 3, (i + 1) % 3].map((n) => n / 2))
  return { inputs, labels: inputs.map(([a, b, c]) => (a! > Math.max(b!, c!) ? 0 : 1)) }
}

/** A layer of two scores over three numbers, as an ONNX file. @param weights of the first score, then of the second */
export const tinyClassifier = (weights: readonly number[]) =>
  onnxModel({
    opset: 13,
    inputs: [{ name: 'x', shape: [1, 3] }],
    outputs: ['y'],
    nodes: [{ op: 'Gemm', inputs: ['x', 'W'], outputs: ['y'], attributes: { transB: 1 } }],
    initializers: { W: tensor([2, 3], weights) },
  })
