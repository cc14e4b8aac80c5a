import { ZkserveError } from '#circuits/errors.js'
import { sizeOf } from '#circuits/graph/graph.js'
import { layerInputs, type QLayer, type QModel } from '#circuits/qmodel/qmodel.js'

/**
 * Checks the rules that every stage after quantisation relies on: order, shapes, widths and finite bounds.
 * @throws ZkserveError `INVALID_QMODEL`
 */
export function verifyQModel(model: QModel): void {
  const fail = (message: string): never => {
    throw new ZkserveError('INVALID_QMODEL', message)
  }
  const known = new Set<number>()
  for (const input of model.inputs) {
    if (known.has(input.tensor)) fail(`input "${input.name}" shares its tensor`)
    if (input.bits < 1 || input.bits > 31) fail(`input "${input.name}" has ${input.bits} bits`)
    known.add(input.tensor)
  }
  for (const layer of model.layers) {
    for (const id of layerInputs(layer)) {
      if (!known.has(id)) fail(`layer "${layer.name}" reads tensor ${id} before it is made`)
    }
    if (known.has(layer.output)) fail(`layer "${layer.name}" makes tensor ${layer.output} again`)
    known.add(layer.output)
    const problem = layerProblem(model, layer)
    if (problem !== null) fail(`layer "${layer.name}": ${problem}`)
  }
  for (const output of model.outputs) {
    if (!known.has(output.tensor)) fail(`output "${output.name}" is never made`)
    const { lo, hi } = model.tensors[output.tensor]!
    if (lo < -(2 ** 31) || hi >= 2 ** 31) fail(`output "${output.name}" exceeds 32 bits`)
  }
  model.tensors.forEach((tensor, id) => {
    if (!known.has(id)) fail(`tensor "${tensor.name}" is never made`)
    if (!Number.isSafeInteger(tensor.lo) || !Number.isSafeInteger(tensor.hi) || tensor.lo > tensor.hi) {
      fail(`tensor "${tensor.name}" has no exact bounds`)
    }
    if (!tensor.scales.every((scale) => Number.isFinite(scale) && scale > 0)) {
      fail(`tensor "${tensor.name}" has a scale that is not positive`)
    }
  })
}

/** What is wrong with a layer on its own, or null. */
function layerProblem(model: QModel, layer: QLayer): string | null {
  const output = model.tensors[layer.output]
  if (!output) return `tensor ${layer.output} does not exist`
  const integers = (values: ArrayLike<number>) => Array.prototype.every.call(values, Number.isSafeInteger)
  switch (layer.kind) {
    case 'conv':
    case 'dense':
      if (layer.weight.length !== sizeOf(layer.weightShape)) return 'weights do not fill their shape'
      if (layer.bias.length !== layer.weightShape[0]) return 'one bias per output channel is needed'
      return integers(layer.bias) ? null : 'a bias is not an integer'
    case 'combine':
      if (layer.constant && layer.constant.length !== sizeOf(output.shape))
        return 'the constant does not fill the shape'
      if (layer.constant && !integers(layer.constant)) return 'the constant is not made of integers'
      return layer.terms.every((term) => integers(term.factors)) ? null : 'a factor is not an integer'
    case 'windowSum':
      return integers(layer.factors) ? null : 'a factor is not an integer'
    case 'reindex': {
      const size = sizeOf(model.tensors[layer.input]!.shape)
      const inside = layer.indices.every((index) => index >= -1 && index < size)
      return inside && layer.indices.length === sizeOf(output.shape) ? null : 'an index lies outside'
    }
    case 'rescale': {
      const channels = output.shape[layer.channelAxis] ?? 1
      if (layer.shifts.length !== 1 && layer.shifts.length !== channels)
        return 'one shift per channel is needed'
      if (!layer.shifts.every((shift) => Number.isInteger(shift) && shift >= 0 && shift <= 48))
        return 'a shift is out of range'
      return layer.saturate === null || layer.relu ? null : 'saturation needs relu'
    }
    case 'maxPool':
    case 'argMax':
      return null
  }
}
