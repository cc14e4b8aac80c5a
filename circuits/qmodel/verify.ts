import { ZkserveError } from '#circuits/errors.js'
import { type Shape, sizeOf } from '#circuits/graph/graph.js'
import { sameShape } from '#circuits/graph/shapes.js'
import { batchShape } from '#circuits/qmodel/batch.js'
import { largestPartialSum } from '#circuits/qmodel/exact-sums.js'
import { layerProblem } from '#circuits/qmodel/layer-rules.js'
import {
  layerInputs,
  type OutputMeaning,
  type QInput,
  type QModel,
  type QOutput,
} from '#circuits/qmodel/qmodel.js'

const meanings: ReadonlySet<OutputMeaning['kind']> = new Set([
  'values',
  'scores',
  'class',
  'classes',
  'flags',
])
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
  const checkPort = (what: string, { name, tensor, shape }: QInput | QOutput, scales: readonly number[]) => {
    const expected = batchShape(tensors[tensor]!.shape, model.batch)
    if (!sameShape(expected, shape)) fail(`${what} "${name}" has another shape than its tensor`)
    if (!scales.every(isScale)) fail(`${what} "${name}" has a scale that is not positive`)
  }
  const oneOrEach = (values: readonly number[], shape: Shape): boolean =>
    values.length === 1 || values.length === sizeOf(shape) / model.batch
  if (!(Number.isSafeInteger(model.batch) && model.batch >= 1))
    fail(`the model has a batch of ${model.batch}`)
  tensors.forEach(({ name, lo, hi, scales }) => {
    if (!Number.isSafeInteger(lo) || !Number.isSafeInteger(hi) || lo > hi) {
      fail(`tensor "${name}" has no exact bounds`)
    }
    if (!scales.every(isScale)) fail(`tensor "${name}" has a scale that is not positive`)
  })
  const known = new Set<number>()
  for (const input of model.inputs) {
    const { name, tensor, shape, bits, lows, scales } = input
    if (known.has(tensor)) fail(`input "${name}" shares its tensor`)
    if (!tensors[tensor]) fail(`input "${name}" has no tensor`)
    if (!(Number.isInteger(bits) && bits >= 1 && bits <= 31)) fail(`input "${name}" has ${bits} bits`)
    if (!lows.every(Number.isSafeInteger)) fail(`input "${name}" begins at no integer`)
    if (!oneOrEach(lows, shape) || !oneOrEach(scales, shape))
      fail(`input "${name}" needs one scale, or one each`)
    checkPort('input', input, scales)
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
    checkPort('output', output, [output.scale])
    if (!meanings.has(output.meaning.kind)) fail(`output "${output.name}" has no known meaning`)
  }
  tensors.forEach(({ name }, id) => {
    if (!known.has(id)) fail(`tensor "${name}" is never made`)
  })
}
