import type { Shape } from '#circuits/graph/graph.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'

/** The shape of `batch` values of one shape: the axis of length 1 that leads it becomes the batch, or one is added. */
export function batchShape(shape: Shape, batch: number): Shape {
  if (batch === 1) return shape
  return shape[0] === 1 ? shape.with(0, batch) : [batch, ...shape]
}

/** A model of one inference as one that answers `batch` inputs at once, in one proof. */
export function withBatch(model: QModel, batch: number): QModel {
  const stacked = <Port extends { readonly shape: Shape }>(port: Port): Port => ({
    ...port,
    shape: batchShape(port.shape, batch),
  })
  return { ...model, batch, inputs: model.inputs.map(stacked), outputs: model.outputs.map(stacked) }
}
