import { ZkserveError } from '#circuits/errors.js'
import { sameShape } from '#circuits/graph/shapes.js'
import { largestPartialSum } from '#circuits/qmodel/exact-sums.js'
import { layerProblem } from '#circuits/qmodel/layer-rules.js'
import { layerInputs, type QModel } from '#circuits/qmodel/qmodel.js'

const isScale = (scale: number): boolean => Number.isFinite(scale) && scale > 0

/**
 * Checks the rules that every stage after quantisation relies on: order, shapes, widths, finite bounds, and sums
 * that stay exact in doubles.
 * @throws ZkserveError `INVALID_QMODEL`
 */
export function verifyQModel(model: QModel): void {
  const fail = (message: string): never => {
    throw new ZkserveError('INVALID_QMODEL', message)
  }
  const { tensors } = model
  const checkPort = (
    what: string,
    { name, tensor, shape, scale }: QModel['inputs'][0] | QModel['outputs'][0],
  ) => {
    if (!sameShape(tensors[tensor]!.shape, shape)) fail(`${what} "${name}" has another shape than its tensor`)
    if (!isScale(scale)) fail(`${what} "${name}" has a scale that is not positive`)
  }
  tensors.forEach(({ name, lo, hi, scales }) => {
    if (!Number.isSafeInteger(lo) || !Number.isSafeInteger(hi) || lo > hi) {
      fail(`tensor "${name}" has no exact bounds`)
    }
    if (!scales.every(isScale)) fail(`tensor "${name}" has a scale that is not positive`)
  })
  const known = new Set<number>()
  for (const input of model.inputs) {
    const { name, tensor, bits, lo } = input
    if (known.has(tensor)) fail(`input "${name}" shares its tensor`)
    if (!tensors[tensor]) fail(`input "${name}" has no tensor`)
    if (!(Number.isInteger(bits) && bits >= 1 && bits <= 31)) fail(`input "${name}" has ${bits} bits`)
    if (!Number.isSafeInteger(lo)) fail(`input "${name}" begins at ${lo}`)
    checkPort('input', input)
    known.add(tensor)
  }
  for (const layer of model.layers) {
    for (const id of layerInputs(layer)) {
      if (!known.has(id)) fail(`layer "${layer.name}" reads tensor ${id} before it is made`)
    }
    if (known.has(layer.output)) fail(`layer "${layer.name}" makes tensor ${layer.output} again`)
    known.add(layer.output)
    const problem = layerProblem(layer, tensors)
    if (problem !== null) fail(`layer "${layer.name}": ${problem}`)
    if (largestPartialSum(layer, tensors) > 2 ** 53) fail(`layer "${layer.name}" has sums beyond 53 bits`)
  }
  if (model.outputs.length === 0) fail('the model has no output')
  for (const output of model.outputs) {
    if (!known.has(output.tensor)) fail(`output "${output.name}" is never made`)
    const { lo, hi } = tensors[output.tensor]!
    if (lo < -(2 ** 31) || hi >= 2 ** 31) fail(`output "${output.name}" exceeds 32 bits`)
    checkPort('output', output)
  }
  tensors.forEach(({ name }, id) => {
    if (!known.has(id)) fail(`tensor "${name}" is never made`)
  })
}
