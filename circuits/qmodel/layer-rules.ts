import { sizeOf, type Window } from '#circuits/graph/graph.js'
import { sameShape } from '#circuits/graph/shapes.js'
import { everyWindowHoldsData, windowAxis, windowPositions } from '#circuits/graph/window.js'
import type { QConv, QDense, QLayer, QLayerKind, QRescale, QTable, QTensor } from '#circuits/qmodel/qmodel.js'

type Rule<L extends QLayer> = (layer: L, output: QTensor, tensors: readonly QTensor[]) => string | null

/** What is wrong with a layer on its own, or null; the tensors that it reads exist. */
export function layerProblem(layer: QLayer, tensors: readonly QTensor[]): string | null {
  const output = tensors[layer.output]
  if (!output) return `tensor ${layer.output} does not exist`
  const rule = rules[layer.kind] as Rule<QLayer> | undefined
  return rule ? rule(layer, output, tensors) : `the kind "${layer.kind}" does not exist`
}

const integers = (values: ArrayLike<number>): boolean =>
  Array.prototype.every.call(values, (value) => Number.isSafeInteger(value))

const oneOrPerChannel = (values: readonly unknown[], { shape }: QTensor, axis: number): boolean =>
  values.length === 1 || values.length === (shape[axis] ?? 1)

/** Whether a window over the input's planes makes those of the output. */
function makesPlanes(window: Window, input: QTensor, output: QTensor): boolean {
  const along = (axis: 0 | 1) =>
    windowPositions(windowAxis(window, axis), input.shape[axis + 2]!) === output.shape[axis + 2]
  return input.shape.length === 4 && output.shape.length === 4 && along(0) && along(1)
}

function weightProblem({ weight, weightShape, bias }: QConv | QDense): string | null {
  if (weight.length !== sizeOf(weightShape)) return 'weights do not fill their shape'
  if (bias.length !== weightShape[0]) return 'one bias per output channel is needed'
  return integers(bias) ? null : 'a bias is not an integer'
}

const isWidth = (bits: number, most: number): boolean => Number.isInteger(bits) && bits >= 1 && bits <= most

/** Widest key of a table: 4,096 entries. */
const maximumTableBits = 12

function shiftProblem(
  { input, shifts, channelAxis }: QRescale | QTable,
  output: QTensor,
  tensors: readonly QTensor[],
): string | null {
  if (!sameShape(tensors[input]!.shape, output.shape)) return 'the result has another shape'
  if (!oneOrPerChannel(shifts, output, channelAxis)) return 'one shift per channel is needed'
  const inRange = shifts.every((shift) => Number.isInteger(shift) && shift >= 0 && shift <= 48)
  return inRange ? null : 'a shift is out of range'
}

const rules: { readonly [K in QLayerKind]: Rule<Extract<QLayer, { kind: K }>> } = {
  conv(layer, output, tensors) {
    const { weightShape, window, groups } = layer
    const input = tensors[layer.input]!
    const [outputs, perGroup] = weightShape as [number, number]
    if (!sameShape(weightShape.slice(2), window.kernel)) return 'the weights have another kernel size'
    if (input.shape[1] !== perGroup * groups || outputs % groups !== 0) return 'the groups do not fit'
    const fits = output.shape[1] === outputs && makesPlanes(window, input, output)
    return fits ? weightProblem(layer) : 'the window does not make the result'
  },
  dense(layer, output, tensors) {
    const [outputs, depth] = layer.weightShape as [number, number]
    const { shape } = tensors[layer.input]!
    const fits = shape.at(-1) === depth && sameShape(output.shape, [...shape.slice(0, -1), outputs])
    return fits ? weightProblem(layer) : 'the weights do not fit the shapes'
  },
  combine({ terms, constant, channelAxis }, output, tensors) {
    if (constant && constant.length !== sizeOf(output.shape)) return 'the constant does not fill the shape'
    if (constant && !integers(constant)) return 'the constant is not made of integers'
    for (const { input, factors } of terms) {
      if (!sameShape(tensors[input]!.shape, output.shape)) return 'a term has another shape'
      if (!oneOrPerChannel(factors, output, channelAxis)) return 'one factor per channel is needed'
      if (!integers(factors)) return 'a factor is not an integer'
    }
    return null
  },
  windowSum({ input, window, factors }, output, tensors) {
    if (!makesPlanes(window, tensors[input]!, output)) return 'the window does not make the result'
    if (factors.length !== sizeOf(output.shape.slice(2))) return 'one factor per position is needed'
    return integers(factors) ? null : 'a factor is not an integer'
  },
  reindex({ inputs, indices, fill }, output, tensors) {
    if (inputs.length === 0) return 'it reads nothing'
    const size = inputs.reduce((sum, input) => sum + sizeOf(tensors[input]!.shape), 0)
    const inside = indices.every((index) => index >= -1 && index < size)
    if (!inside || indices.length !== sizeOf(output.shape)) return 'an index lies outside'
    return Number.isSafeInteger(fill) ? null : 'the fill is not an integer'
  },
  maxPool({ input, window }, output, tensors) {
    if (!makesPlanes(window, tensors[input]!, output)) return 'the window does not make the result'
    const [, , height, width] = tensors[input]!.shape as [number, number, number, number]
    const holdsData =
      everyWindowHoldsData(windowAxis(window, 0), height) &&
      everyWindowHoldsData(windowAxis(window, 1), width)
    return holdsData ? null : 'a window holds nothing but padding'
  },
  matMul({ left, right, batch, rows, depth, columns }, output, tensors) {
    const counts = [batch, rows, depth, columns]
    if (!counts.every((count) => Number.isSafeInteger(count) && count >= 1)) return 'a length is out of range'
    const fits =
      sizeOf(tensors[left]!.shape) === batch * rows * depth &&
      sizeOf(tensors[right]!.shape) === batch * depth * columns &&
      sizeOf(output.shape) === batch * rows * columns
    return fits ? null : 'the matrices do not fit the shapes'
  },
  rescale(layer, output, tensors) {
    const { low, saturate } = layer
    const problem = shiftProblem(layer, output, tensors)
    if (problem !== null) return problem
    if (low !== null && !Number.isSafeInteger(low)) return 'the lower end is not an integer'
    if (saturate === null) return null
    if (!isWidth(saturate, 48)) return 'the saturation is out of range'
    return low === null ? 'saturation needs a lower end' : null
  },
  table(layer, output, tensors) {
    const { channelAxis, low, bits, tables } = layer
    const problem = shiftProblem(layer, output, tensors)
    if (problem !== null) return problem
    if (!isWidth(bits, maximumTableBits)) return 'the table is too wide'
    if (!Number.isSafeInteger(low)) return 'the lower end is not an integer'
    if (!oneOrPerChannel(tables, output, channelAxis)) return 'one table per channel is needed'
    return tables.every((table) => table.length === 2 ** bits) ? null : 'a table has another length'
  },
  topK({ input, count }, output, tensors) {
    const { shape } = tensors[input]!
    if (!(Number.isInteger(count) && count >= 1 && count <= (shape.at(-1) ?? 0)))
      return 'the count is out of range'
    return sameShape(output.shape, shape.with(-1, count)) ? null : 'the result has another shape'
  },
  argMax: ({ input }, output, tensors) => {
    const { shape } = tensors[input]!
    return sizeOf(output.shape) * (shape.at(-1) ?? 1) === sizeOf(shape)
      ? null
      : 'the result is not one index a row'
  },
}
