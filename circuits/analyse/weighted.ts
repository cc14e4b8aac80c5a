/**
 * Layers with hidden weights as the circuit sees them: their results are new wires whose range is the layer's
 * capacity, an interval that the architecture publishes. Nothing here depends on the values of weights.
 */
import type { Element, WireTable } from '#circuits/analyse/element.js'
import { FormSum, type Interval } from '#circuits/analyse/form.js'
import { knownValue, signalElement, sumElement } from '#circuits/analyse/fresh-element.js'
import { convTaps, KnownSums } from '#circuits/analyse/taps.js'
import { traceTiles } from '#circuits/analyse/tiles.js'
import type { WeightLayer, WeightPlan } from '#circuits/analyse/weight-plan.js'
import { sizeOf } from '#circuits/graph/graph.js'
import type { QCombine, QConv, QDense, QTensor } from '#circuits/qmodel/qmodel.js'
import { channelOf, planes } from '#circuits/qmodel/window.js'

type Elements = readonly (readonly Element[])[]

/** What the emitter must know of a layer with weights. */
export interface TracedWeights {
  readonly plan: WeightPlan
  /** Of `pairs`: the value of each input that is the same for all inputs of the model; null where none is. */
  readonly inputs: readonly (number | null)[] | null
  /** Of `tiles`: by evaluated input, its value where it is the same for all inputs; null where none is. */
  readonly known: readonly (bigint | null)[] | null
  readonly constraints: number
  readonly elements: readonly Element[]
}

/** Traces a layer with weights. */
export function traceWeights(
  plan: WeightPlan,
  layer: WeightLayer,
  tensors: readonly QTensor[],
  elements: Elements,
  wires: WireTable,
  capacity: Interval,
): TracedWeights {
  if (layer.kind === 'combine') return traceConstants(plan, layer, tensors, elements, wires, capacity)
  const { algorithm } = plan
  const input = elements[layer.input]!
  if (layer.kind === 'conv' && algorithm.kind === 'tiles') {
    return { plan, inputs: null, ...traceTiles(layer, algorithm, tensors, input, wires, capacity) }
  }
  return tracePairs(plan, layer, tensors, input, wires, capacity)
}

/** The sum of a layer's terms and one hidden number per element. */
function traceConstants(
  plan: WeightPlan,
  layer: QCombine,
  tensors: readonly QTensor[],
  elements: Elements,
  wires: WireTable,
  capacity: Interval,
): TracedWeights {
  const { shape } = tensors[layer.output]!
  const sum = new FormSum()
  const result = Array.from({ length: sizeOf(shape) }, (_, i) => {
    sum.start(0)
    for (const { input, factors } of layer.terms) {
      const factor = factors.length === 1 ? factors[0]! : factors[channelOf(shape, layer.channelAxis, i)]!
      sum.add(elements[input]![i]!.form, factor)
    }
    const { wires: read, constant } = sum.finish()
    const isAlone = read.length === 0 && constant === 0
    return isAlone ? signalElement(capacity, wires) : sumElement(capacity, wires)
  })
  return { plan, inputs: null, known: null, constraints: 0, elements: result }
}

function tracePairs(
  plan: WeightPlan,
  layer: QConv | QDense,
  tensors: readonly QTensor[],
  input: readonly Element[],
  wires: WireTable,
  capacity: Interval,
): TracedWeights {
  const outputs = layer.weightShape[0]!
  const depth = sizeOf(layer.weightShape.slice(1))
  const even = depth - (depth % 2)
  let constraints = 0
  const known = new KnownSums(capacity, wires)
  const position = (
    taps: readonly (number | null)[],
    firstOutput: number,
    outputsHere: number,
  ): Element[] => {
    for (let k = 0; k < even; k += 2) if (taps[k] === null && taps[k + 1] === null) constraints++
    const last = even < depth ? taps[even]! : null
    constraints += outputsHere * (even / 2 + (even < depth && last === null ? 1 : 0))
    const isSignal = last === null || last === 0
    return Array.from({ length: outputsHere }, (_, o) => {
      if (depth === 1 && last !== null) return known.of(firstOutput + o, taps)
      return isSignal ? signalElement(capacity, wires) : sumElement(capacity, wires)
    })
  }
  const values = input.map(knownValue)
  const inputs = values.some((value) => value !== null) ? values : null
  if (layer.kind === 'dense') {
    const rows = Array.from({ length: input.length / depth }, (_, row) =>
      position(values.slice(row * depth, (row + 1) * depth), 0, outputs),
    )
    return { plan, inputs, known: null, constraints, elements: rows.flat() }
  }
  const { groups } = layer
  const [, outHeight, outWidth] = planes(tensors[layer.output]!.shape)
  const area = outHeight * outWidth
  const result = new Array<Element>(outputs * area)
  const perGroup = outputs / groups
  for (let g = 0; g < groups; g++) {
    for (let at = 0; at < area; at++) {
      const taps = convTaps(layer, tensors, values, g, Math.floor(at / outWidth), at % outWidth)
      position(taps, g * perGroup, perGroup).forEach((element, o) => {
        result[(g * perGroup + o) * area + at] = element
      })
    }
  }
  return { plan, inputs, known: null, constraints, elements: result }
}
