import type { Shape } from '#circuits/graph/graph.js'
import type { QInput, QModel, QOutput } from '#circuits/qmodel/qmodel.js'

/** The shape of `batch` values of one shape: the axis of length 1 that leads it becomes the batch, or one is added. */
export function batchShape(shape: Shape, batch: number): Shape {
  if (batch === 1) return shape
  return shape[0] === 1 ? shape.with(0, batch) : [batch, ...shape]
}

/** The model as one that answers `batch` inputs at once, in one proof. */
export function withBatch(model: QModel, batch: number): QModel {
  const stacked = <Port extends QInput | QOutput>(port: Port): Port => ({
    ...port,
    shape: batchShape(model.tensors[port.tensor]!.shape, batch),
  })
  const outputs = model.outputs.map((output) => shiftActivation(output, stacked(output)))
  return { ...model, batch, inputs: model.inputs.map(stacked), outputs }
}

/** The output with the axes of its activation where the new shape has them. */
function shiftActivation(before: QOutput, after: QOutput): QOutput {
  if (after.activation === null) return after
  const shift = after.shape.length - before.shape.length
  const { axis, axisEnd } = after.activation
  return { ...after, activation: { ...after.activation, axis: axis + shift, axisEnd: axisEnd + shift } }
}
