import { onnxBytes } from '#scripts/models/onnx.js'
import type { Network } from '#scripts/models/train-network.js'

/** What a network's graph, its input and its output are called. */
export interface NetworkNames {
  readonly graph: string
  readonly input: string
  readonly output: string
}

/** The network as the bytes of an ONNX file. */
export function networkOnnx({ sizes, hidden, output }: Network, names: NetworkNames): Uint8Array {
  const gemm = { opType: 'Gemm', attributes: { transB: 1 } }
  return onnxBytes({
    name: names.graph,
    opset: 13,
    inputs: { [names.input]: [1, sizes.input] },
    outputs: { [names.output]: [1, sizes.output] },
    nodes: [
      { ...gemm, inputs: [names.input, 'w1', 'b1'], output: 'sums' },
      { opType: 'Relu', inputs: ['sums'], output: 'active' },
      { ...gemm, inputs: ['active', 'w2', 'b2'], output: 'odds' },
      { opType: 'Sigmoid', inputs: ['odds'], output: names.output },
    ],
    initializers: [
      { name: 'w1', dims: [sizes.hidden, sizes.input], data: hidden.weights },
      { name: 'b1', dims: [sizes.hidden], data: hidden.biases },
      { name: 'w2', dims: [sizes.output, sizes.hidden], data: output.weights },
      { name: 'b2', dims: [sizes.output], data: output.biases },
    ],
  })
}
