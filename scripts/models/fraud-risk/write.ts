import { type Network, sizes } from '#scripts/models/fraud-risk/train.js'
import { onnxBytes } from '#scripts/models/onnx.js'

/** The network as the bytes of an ONNX file. */
export function networkOnnx({ hidden, output }: Network): Uint8Array {
  const gemm = { opType: 'Gemm', attributes: { transB: 1 } }
  return onnxBytes({
    name: 'fraud-risk',
    opset: 13,
    inputs: { features: [1, sizes.input] },
    outputs: { risk: [1, 1] },
    nodes: [
      { ...gemm, inputs: ['features', 'w1', 'b1'], output: 'sums' },
      { opType: 'Relu', inputs: ['sums'], output: 'active' },
      { ...gemm, inputs: ['active', 'w2', 'b2'], output: 'odds' },
      { opType: 'Sigmoid', inputs: ['odds'], output: 'risk' },
    ],
    initializers: [
      { name: 'w1', dims: [sizes.hidden, sizes.input], data: hidden.weights },
      { name: 'b1', dims: [sizes.hidden], data: hidden.biases },
      { name: 'w2', dims: [1, sizes.hidden], data: output.weights },
      { name: 'b2', dims: [1], data: output.biases },
    ],
  })
}
