import { sizeOf, type Window } from '#circuits/graph/graph.js'
import { sameShape } from '#circuits/graph/shapes.js'
import { everyWindowHoldsData, windowAxis, windowPositions } from '#circuits/graph/window.js'
import type { QConv, QDense, QLayer, QLayerKind, QTensor } from '#circuits/qmodel/qmodel.js'

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

const oneOrPerChannel = (values: readonly number[], { shape }: QTensor, axis: number): boolean =>
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
  reindex({ input, indices, fill }, output, tensors) {
    const size = sizeOf(tensors[input]!.shape)
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
  rescale({ input, shifts, channelAxis, relu, saturate }, output, tensors) {
    if (!sameShape(tensors[input]!.shape, output.shape)) return 'the result has another shape'
    if (!oneOrPerChannel(shifts, output, channelAxis)) return 'one shift per channel is needed'
    if (!shifts.every((shift) => Number.isInteger(shift) && shift >= 0 && shift <= 48))
      return 'a shift is out of range'
    if (saturate === null) return null
    if (!(Number.isInteger(saturate) && saturate >= 1 && saturate <= 48))
      return 'the saturation is out of range'
    return relu ? null : 'saturation needs relu'
  },
  argMax: (_layer, output) => (sizeOf(output.shape) === 1 ? null : 'the result is not one index'),
}
