import { encodeModel, modelObject, type OnnxModel, tensor } from './onnx-builder.js'

/** One dense layer. */
export const plainModel: OnnxModel = {
  inputs: [{ name: 'x', shape: [1, 2] }],
  outputs: ['y'],
  nodes: [{ op: 'Gemm', inputs: ['x', 'W'], outputs: ['y'] }],
  initializers: { W: tensor([2, 2], [1, 2, 3, 4]) },
}

/** The plain model's object, spoilt. */
export function spoiltModel(spoil: (model: ReturnType<typeof modelObject>) => void): Uint8Array {
  const model = modelObject(plainModel)
  spoil(model)
  return encodeModel(model)
}

/** How a test spoils a model. */
export type Spoil = (model: ReturnType<typeof modelObject>) => void
