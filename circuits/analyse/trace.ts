/**
 * Walks a QModel as the circuit will: every element becomes an affine form over wires, every gadget gets its
 * width from exact ranges. Bounds, constraint counts and the emitted text all come from this one walk.
 */
import { isAffine, traceAffine } from '#circuits/analyse/affine.js'
import { type Match, traceArgMax } from '#circuits/analyse/arg-max.js'
import { type CapacityRule, declaredCapacity } from '#circuits/analyse/capacity.js'
import {
  channelRanges,
  constantElement,
  type Element,
  formElement,
  hull,
  WireTable,
} from '#circuits/analyse/element.js'
import { FormSum, GadgetSums, type Interval } from '#circuits/analyse/form.js'
import { chooseRescale, type RescaleGadget, rescaleCost } from '#circuits/analyse/gadget.js'
import { type TracedMatMul, traceMatMul } from '#circuits/analyse/mat-mul.js'
import { type PoolWidths, tracePool } from '#circuits/analyse/pool.js'
import { type TableGadget, traceTable } from '#circuits/analyse/table.js'
import { type TracedTopK, traceTopK } from '#circuits/analyse/top-k.js'
import {
  isWeightLayer,
  planWeights,
  type WeightMode,
  type WeightPlan,
} from '#circuits/analyse/weight-plan.js'
import { type TracedWeights, traceWeights } from '#circuits/analyse/weighted.js'
import { ZkserveError } from '#circuits/errors.js'
import { sizeOf } from '#circuits/graph/graph.js'
import { rescaleValue } from '#circuits/qmodel/interpret.js'
import { ofElement, type QLayer, type QModel, type QRescale, type TensorId } from '#circuits/qmodel/qmodel.js'
import { planes } from '#circuits/qmodel/window.js'

/** What the emitter must know of a layer beyond the layer itself. */
export type LayerPlan =
  | { readonly kind: 'affine' }
  /** A layer whose weights are hidden. */
  | { readonly kind: 'weights'; readonly traced: TracedWeights }
  /** One gadget per channel of `channelAxis`; where `open`, those with a shift take their sums as expressions. */
  | { readonly kind: 'rescale'; readonly gadgets: readonly RescaleGadget[]; readonly open: boolean }
  | { readonly kind: 'maxPool'; readonly widths: PoolWidths }
  | { readonly kind: 'argMax'; readonly rounds: readonly (readonly Match[])[] }
  /** One gadget per channel of `channelAxis`. */
  | { readonly kind: 'table'; readonly gadgets: readonly TableGadget[]; readonly open: boolean }
  | { readonly kind: 'matMul'; readonly constants: TracedMatMul['constants'] }
  | { readonly kind: 'topK'; readonly widths: TracedTopK['widths'] }

export interface TracedLayer {
  readonly layer: QLayer
  readonly plan: LayerPlan
  /** Constraints that the layer adds. */
  readonly constraints: number
}

export interface Trace {
  readonly weights: WeightMode
  readonly layers: readonly TracedLayer[]
  /** By tensor id, then element. */
  readonly elements: readonly (readonly Element[])[]
}

/**
 * Traces one inference of the model. Cost: time and memory of one inference with a list per sum.
 * @param capacity with committed weights: the range of what a layer with weights makes
 */
export function traceModel(
  model: QModel,
  weights: WeightMode = 'fixed',
  capacity: CapacityRule = declaredCapacity,
): Trace {
  const wires = new WireTable()
  const plans = weights === 'fixed' ? [] : planWeights(model)
  const elements: Element[][] = new Array(model.tensors.length)
  for (const input of model.inputs) {
    elements[input.tensor] = Array.from({ length: sizeOf(model.tensors[input.tensor]!.shape) }, (_, i) =>
      // The signal is the unsigned lane; the value is the lane plus the lower end of the range.
      formElement({ ...wires.add(0, 2 ** input.bits - 1), constant: ofElement(input.lows, i) }, wires),
    )
  }
  const layers = model.layers.map((layer, index) => {
    const plan = plans.find((each) => each.layer === index)
    if (plan) return traceHidden(plan, model, layer, elements, wires, capacity)
    return traceLayer(model, layer, elements, wires)
  })
  return { weights, layers, elements }
}

/** A layer with hidden weights: its results have the range of its capacity, whatever the weights are. */
function traceHidden(
  plan: WeightPlan,
  { tensors }: QModel,
  layer: QLayer,
  elements: Element[][],
  wires: WireTable,
  capacity: CapacityRule,
): TracedLayer {
  if (!isWeightLayer(layer)) throw new ZkserveError('INTERNAL', `layer "${layer.name}" has no weights`)
  const exact = traceAffine(layer, tensors, elements, wires).reduce<Interval | null>(hull, null)!
  const range = capacity(layer, tensors[layer.output]!, exact)
  const traced = traceWeights(plan, layer, tensors, elements, wires, range)
  elements[layer.output] = [...traced.elements]
  return { layer, plan: { kind: 'weights', traced }, constraints: traced.constraints }
}

function traceLayer(model: QModel, layer: QLayer, elements: Element[][], wires: WireTable): TracedLayer {
  if (isAffine(layer)) {
    elements[layer.output] = traceAffine(layer, model.tensors, elements, wires)
    return { layer, plan: { kind: 'affine' }, constraints: 0 }
  }
  if (layer.kind === 'matMul') {
    const traced = traceMatMul(layer, elements[layer.left]!, elements[layer.right]!, wires)
    elements[layer.output] = traced.elements
    const plan = { kind: 'matMul', constants: traced.constants } as const
    return { layer, plan, constraints: traced.constraints }
  }
  const input = elements[layer.input]!
  const rowLength = (tensor: TensorId) => model.tensors[tensor]!.shape.at(-1) ?? 1
  switch (layer.kind) {
    case 'rescale': {
      const { shape } = model.tensors[layer.output]!
      const traced = traceRescale(layer, input, shape, wires)
      elements[layer.output] = traced.elements
      return {
        layer,
        plan: { kind: 'rescale', gadgets: traced.gadgets, open: traced.open },
        constraints: traced.constraints,
      }
    }
    case 'maxPool': {
      const plane = planes(model.tensors[layer.input]!.shape)
      const [, outHeight, outWidth] = planes(model.tensors[layer.output]!.shape)
      const pool = tracePool(layer.window, input, plane, [outHeight, outWidth], wires)
      elements[layer.output] = [...pool.elements]
      return { layer, plan: { kind: 'maxPool', widths: pool.widths }, constraints: pool.constraints }
    }
    case 'argMax': {
      const traced = traceArgMax(input, rowLength(layer.input), layer.selectLast, wires)
      elements[layer.output] = traced.elements
      return { layer, plan: { kind: 'argMax', rounds: traced.rounds }, constraints: traced.constraints }
    }
    case 'table': {
      const traced = traceTable(layer, input, model.tensors[layer.output]!.shape, wires)
      elements[layer.output] = traced.elements
      return {
        layer,
        plan: { kind: 'table', gadgets: traced.gadgets, open: traced.open },
        constraints: traced.constraints,
      }
    }
    case 'topK': {
      const traced = traceTopK(input, rowLength(layer.input), layer.count, wires)
      elements[layer.output] = traced.elements
      return { layer, plan: { kind: 'topK', widths: traced.widths }, constraints: traced.constraints }
    }
  }
}

/** What the gadget's input is, beside the accumulator: rounding, and an offset that keeps it non-negative. */
export function rescaleOffset(gadget: RescaleGadget): number {
  if (gadget.kind === 'constant' || gadget.kind === 'identity') return 0
  const half = gadget.shift === 0 ? 0 : 2 ** (gadget.shift - 1)
  if (gadget.kind === 'plain') return half - gadget.base * 2 ** gadget.shift
  return half - gadget.low * 2 ** gadget.shift + 2 ** (gadget.bits - 1)
}

function traceRescale(
  layer: QRescale,
  input: readonly Element[],
  shape: readonly number[],
  wires: WireTable,
) {
  const { channel, ranges } = channelRanges(input, shape, layer.channelAxis)
  const rules = ranges.map((_, c) => ({
    shift: ofElement(layer.shifts, c),
    low: layer.low,
    saturate: layer.saturate,
  }))
  const gadgets = ranges.map((range, c) => chooseRescale(range, rules[c]!))
  const sum = new FormSum()
  const [sums, closedSums] = [new GadgetSums(), new GadgetSums(0)]
  let constraints = 0
  const elements = input.map((element, i) => {
    const gadget = gadgets[channel[i]!]!
    if (gadget.kind === 'constant') return constantElement(gadget.value)
    if (gadget.kind === 'identity') return element
    sum.start(rescaleOffset(gadget)).add(element.form, 1)
    ;(gadget.shift > 0 ? sums : closedSums).add(sum.finish())
    constraints += rescaleCost(gadget)
    const { shift, low, saturate } = rules[channel[i]!]!
    const lo = rescaleValue(element.lo, shift, low, saturate)
    const hi = rescaleValue(element.hi, shift, low, saturate)
    const end = gadget.kind === 'relu' ? gadget.low : 0
    return formElement({ ...wires.add(lo - end, hi - end), constant: end }, wires)
  })
  constraints += sums.constraints + closedSums.constraints
  return { gadgets, open: sums.open, constraints, elements }
}
