import { describe, expect, test } from 'vitest'
import { sizeOf } from '#circuits/graph/graph.js'
import { interpretIntegers, rescaleValue } from '#circuits/qmodel/interpret.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import { quantiseGraph } from '#circuits/quantise/quantise.js'
import { interpretWithBigints } from '../../support/bigint-interpreter.js'
import { qmodelOf, randomIntegers } from '../../support/qmodel-builder.js'
import { randomGraph, randomRows, randomSource } from '../../support/random-graph.js'
import { layerKinds, randomLayer } from '../../support/random-layer.js'

const layersPerKind = 150

function expectTwinsAgree(model: QModel, inputs: readonly Float64Array[]): void {
  const fast = interpretIntegers(model, inputs).map((values) => Array.from(values, BigInt))
  const slow = interpretWithBigints(
    model,
    inputs.map((input) => Array.from(input, BigInt)),
  )
  expect(fast).toEqual(slow)
}

/** Both ends, ties, one spike, and random values of the first input, between `lo` and `hi`. */
function integerInputs(model: QModel, random: () => number): Float64Array[] {
  const { shape, lows, bits } = model.inputs[0]!
  const [lo] = lows as readonly [number]
  const hi = lo + 2 ** bits - 1
  const size = sizeOf(shape)
  const spike = Math.floor(random() * size)
  return [
    new Float64Array(size).fill(lo),
    new Float64Array(size).fill(hi),
    new Float64Array(size).fill(lo).fill(hi, spike, spike + 1),
    randomIntegers(random, shape, lo, hi),
    randomIntegers(random, shape, lo, Math.min(hi, lo + 2)),
  ]
}

describe.each(layerKinds)('a layer of kind %s', (kind) => {
  test('gives what its definition over bigints gives', () => {
    const random = randomSource(layerKinds.indexOf(kind) + 1)
    for (let i = 0; i < layersPerKind; i++) {
      const { inputShape, layer } = randomLayer(kind, random)
      const bits = 1 + Math.floor(random() * 16)
      const lo = random() < 0.5 ? 0 : -Math.floor(random() * 2 ** bits)
      const model = qmodelOf([{ shape: inputShape, bits, lo }], [layer])
      for (const input of integerInputs(model, random)) expectTwinsAgree(model, [input])
    }
  })
})

test('whole networks give what their definition over bigints gives', () => {
  for (let seed = 100; seed < 140; seed++) {
    const graph = randomGraph(seed)
    const bits = 4 + (seed % 13)
    const model = quantiseGraph(graph, randomRows(graph, seed, 4, -1), { bits, output: 'logits' })
    for (const input of integerInputs(model, randomSource(seed))) expectTwinsAgree(model, [input])
  }
})

describe('rescaling', () => {
  test.each([1, 2, 3, 8, 24, 40])('rounds by floor(x / 2^%i + 1/2), ties towards plus infinity', (shift) => {
    const divisor = 2 ** shift
    for (const quotient of [-3, -2, -1, 0, 1, 2, 3, 1000, -1000]) {
      const tie = quotient * divisor + divisor / 2
      expect(rescaleValue(tie, shift, null, null)).toBe(quotient + 1)
      expect(rescaleValue(tie - 1, shift, null, null)).toBe(quotient)
      expect(rescaleValue(tie + 1, shift, null, null)).toBe(quotient + 1)
    }
  })

  test('leaves every value as it is at shift 0', () => {
    for (const x of [-7, -1, 0, 1, 2 ** 40]) expect(rescaleValue(x, 0, null, null)).toBe(x)
  })

  test('cuts off below 0 and above 2^width - 1, to the unit', () => {
    expect([-9, -8, -1, 0, 7, 8].map((x) => rescaleValue(x, 4, 0, 8))).toEqual([0, 0, 0, 0, 0, 1])
    expect([4071, 4072, 4087, 4088, 1e9].map((x) => rescaleValue(x, 4, 0, 8))).toEqual([
      254, 255, 255, 255, 255,
    ])
  })
})

describe('argMax', () => {
  const index = (values: readonly number[], selectLast: boolean) => {
    const model = qmodelOf(
      [{ shape: [1, values.length], bits: 8, lo: -128 }],
      [{ kind: 'argMax', input: 0, shape: [1], selectLast }],
    )
    return interpretIntegers(model, [Float64Array.from(values)])[1]![0]
  }

  test.each([
    [[3, 3, 3, 3], 0, 3],
    [[-5, -1, -1, -9], 1, 2],
    [[7, 0, 0, 7], 0, 3],
    [[0, 0, 1, 0], 2, 2],
    [[-128], 0, 0],
  ])('of %j is %i, or %i where the last of a tie is asked for', (values, first, last) => {
    expect([index(values, false), index(values, true)]).toEqual([first, last])
  })
})
