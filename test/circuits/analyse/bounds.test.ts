import { describe, expect, test } from 'vitest'
import { isAffine } from '#circuits/analyse/affine.js'
import { traceModel } from '#circuits/analyse/trace.js'
import { sizeOf } from '#circuits/graph/graph.js'
import { interpretIntegers } from '#circuits/qmodel/interpret.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import { type BareLayer, qmodelOf, windowOf } from '../../support/qmodel-builder.js'
import { randomSource } from '../../support/random-graph.js'
import { layerKinds, randomLayer } from '../../support/random-layer.js'

/** Inputs are enumerated up to this many. */
const mostInputs = 4096

/** Every assignment of the first input. */
function* allInputs(model: QModel): Generator<Float64Array> {
  const { shape, bits, lows } = model.inputs[0]!
  const [lo] = lows as readonly [number]
  const size = sizeOf(shape)
  const levels = 2 ** bits
  for (let code = 0; code < levels ** size; code++) {
    yield Float64Array.from({ length: size }, (_, i) => lo + (Math.floor(code / levels ** i) % levels))
  }
}

interface Extremes {
  readonly lo: number
  readonly hi: number
}

/** The true range of every element of every tensor. */
function trueRanges(model: QModel): Extremes[][] {
  const ranges: { lo: number; hi: number }[][] = model.tensors.map(({ shape }) =>
    Array.from({ length: sizeOf(shape) }, () => ({ lo: Infinity, hi: -Infinity })),
  )
  for (const input of allInputs(model)) {
    interpretIntegers(model, [input]).forEach((values, id) => {
      values.forEach((value, i) => {
        const range = ranges[id]![i]!
        range.lo = Math.min(range.lo, value + 0)
        range.hi = Math.max(range.hi, value + 0)
      })
    })
  }
  return ranges
}

const tracedRanges = (model: QModel): Extremes[][] =>
  traceModel(model).elements.map((elements) => elements.map(({ lo, hi }) => ({ lo: lo + 0, hi: hi + 0 })))

function expectContained(model: QModel): void {
  const traced = tracedRanges(model)
  trueRanges(model).forEach((ranges, id) => {
    ranges.forEach(({ lo, hi }, i) => {
      expect(traced[id]![i]!.lo, `tensor ${id}, element ${i}`).toBeLessThanOrEqual(lo)
      expect(traced[id]![i]!.hi, `tensor ${id}, element ${i}`).toBeGreaterThanOrEqual(hi)
      expect(model.tensors[id]!.lo).toBeLessThanOrEqual(lo)
      expect(model.tensors[id]!.hi).toBeGreaterThanOrEqual(hi)
    })
  })
}

describe.each(layerKinds)('a single layer of kind %s', (kind) => {
  test('has the bounds that its values have over all inputs', () => {
    const random = randomSource(layerKinds.indexOf(kind) + 40)
    let tried = 0
    while (tried < 12) {
      const { inputShape, layer } = randomLayer(kind, random)
      const bits = 1 + Math.floor(random() * 3)
      if (2 ** (bits * sizeOf(inputShape)) > mostInputs) continue
      tried++
      const model = qmodelOf([{ shape: inputShape, bits, lo: -Math.floor(random() * 3) }], [layer])
      expectContained(model)
      if (isAffine(model.layers[0]!) || kind === 'rescale' || kind === 'maxPool') {
        expect(tracedRanges(model)).toEqual(trueRanges(model))
      }
    }
  })
})

const weights = (...values: number[]) => Int32Array.from(values)

test.each<[string, readonly BareLayer[]]>([
  [
    'a hidden layer',
    [
      dense([3, 4], 0, weights(3, -2, 1, 5, -7, 1, 0, 2, -3, 4, -1, 6)),
      rescale(1, [1, 3], true),
      dense([2, 3], 2, weights(2, -3, 1, -1, 4, -2)),
    ],
  ],
  [
    'a residual sum, whose terms move together',
    [
      dense([4, 4], 0, weights(3, -2, 1, 0, 5, -7, 1, 0, 2, -3, 4, -1, 6, 1, 1, 1)),
      { kind: 'combine', shape: [1, 4], terms: [term(1, 1), term(0, -2)], constant: null, channelAxis: 1 },
      rescale(2, [1, 4], true),
    ],
  ],
  [
    'maxima of maxima, then a sign',
    [
      { kind: 'reindex', inputs: [0], shape: [1, 1, 2, 2], indices: weights(3, 1, 2, 0), fill: 0 },
      { kind: 'maxPool', input: 1, shape: [1, 1, 1, 2], window: windowOf([2, 1]) },
      { kind: 'maxPool', input: 2, shape: [1, 1, 1, 1], window: windowOf([1, 2]) },
      rescale(3, [1, 1, 1, 1], true),
    ],
  ],
  ['the index of a maximum', [dense([3, 4], 0, weights(1, -1, 1, 0, 0, 1, 1, -1, 1, 1, 0, 0)), argMax(1)]],
])('%s stays within its bounds over all inputs', (_, layers) => {
  for (const [bits, lo] of [
    [3, 0],
    [3, -4],
    [2, 5],
  ] as const) {
    expectContained(qmodelOf([{ shape: [1, 4], bits, lo }], layers))
  }
})

function dense(weightShape: readonly [number, number], input: number, weight: Int32Array): BareLayer {
  const bias = Float64Array.from({ length: weightShape[0] }, (_, i) => 3 - 4 * i)
  return { kind: 'dense', input, shape: [1, weightShape[0]], weight, weightShape, bias }
}

function rescale(input: number, shape: readonly number[], relu: boolean): BareLayer {
  return {
    kind: 'rescale',
    input,
    shape,
    shifts: [2],
    channelAxis: 1,
    low: relu ? 0 : null,
    saturate: relu ? 3 : null,
  }
}

function argMax(input: number): BareLayer {
  return { kind: 'argMax', input, shape: [1], selectLast: false }
}

function term(input: number, factor: number) {
  return { input, factors: [factor] }
}
