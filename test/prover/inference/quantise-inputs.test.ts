import { describe, expect, test } from 'vitest'
import type { FloatTensor } from '#circuits/graph/graph.js'
import { inputRange, quantiseInputs } from '#circuits/qmodel/inputs.js'
import { infer } from '#prover/inference/infer.js'
import { everyLayer } from '../../support/every-layer.js'
import { qmodelOf } from '../../support/qmodel-builder.js'

/** Integers -4 … 3 of scale 0.5: real numbers from -2 to 1.5. */
const model = qmodelOf(
  [{ shape: [1, 4], bits: 3, lo: -4, scale: 0.5 }],
  [{ kind: 'argMax', input: 0, shape: [1], selectLast: false }],
)

/** Unrounded values: a typed array of float32 would change them. */
const input = (values: readonly number[], name = 'x0'): Map<string, FloatTensor> =>
  new Map([[name, { shape: [1, values.length], data: Float64Array.from(values) as unknown as Float32Array }]])

const quantise = (values: readonly number[]) => {
  const { integers, saturated } = quantiseInputs(model, input(values))
  return { integers: Array.from(integers[0]!), saturated }
}

describe('inputs become integers', () => {
  test('by rounding to the nearest step', () => {
    expect(quantise([0.24, 0.26, -0.24, -0.26])).toEqual({ integers: [0, 1, 0, -1], saturated: 0 })
    expect(quantise([-2, 1.5, 0, -0])).toEqual({ integers: [-4, 3, 0, 0], saturated: 0 })
  })

  test('and never to -0', () => {
    for (const value of quantise([-0, -0.1, -0.24, -1e-30]).integers) expect(Object.is(value, 0)).toBe(true)
  })

  test('moved to the nearer end and counted where they lie outside', () => {
    expect(quantise([-2.26, 1.76, 1e30, -1e30])).toEqual({ integers: [-4, 3, 3, -4], saturated: 4 })
    expect(quantise([1.74, -2.24, 1.8, 0])).toEqual({ integers: [3, -4, 3, 0], saturated: 1 })
    expect(quantise([Number.MAX_VALUE, -Number.MAX_VALUE, 5e-324, 0])).toEqual({
      integers: [3, -4, 0, 0],
      saturated: 2,
    })
  })

  test('unless they are no finite numbers', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(() => quantise([0, bad, 0, 0])).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
    }
  })

  test('unless their number or name is another', () => {
    for (const values of [[], [1], [1, 2, 3], [1, 2, 3, 4, 5]]) {
      expect(() => quantise(values)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
    }
    expect(() => quantiseInputs(model, input([1, 2, 3, 4], 'x'))).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT' }),
    )
  })

  test('within the range that the circuit checks', () => {
    const [lo, hi] = inputRange(everyLayer.inputs[0]!, 0)
    expect([lo, hi]).toEqual([-8, 7])
    const values = Array.from({ length: 32 }, (_, i) => (i - 16) * 0.3)
    for (const integer of quantiseInputs(everyLayer, input(values)).integers[0]!) {
      expect(integer >= lo && integer <= hi).toBe(true)
    }
  })
})

describe('an inference', () => {
  test('names outputs, integers and the class, and counts what saturated', () => {
    expect(infer(model, input([0, 1.5, 1.5, -9]))).toEqual({
      outputs: { y: [1] },
      integers: { y: [1] },
      label: 1,
      labels: [1],
      saturated: 1,
    })
  })

  test('gives the index of the largest logit as the class, and probabilities after softmax', () => {
    const weight = Int32Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0)
    const logits = qmodelOf(
      [{ shape: [1, 4], bits: 3, lo: -4, scale: 0.5 }],
      [{ kind: 'dense', input: 0, shape: [1, 3], weight, weightShape: [3, 4], bias: new Float64Array(3) }],
    )
    const activation = { kind: 'softmax', axis: 1, axisEnd: 2 } as const
    const scaled = { ...logits, outputs: [{ ...logits.outputs[0]!, scale: 0.5, activation }] }
    const { outputs, integers, label } = infer(scaled, input([0.5, 1, 1, 0]))
    expect(integers).toEqual({ y: [1, 2, 2] })
    expect(label).toBe(1)
    const [a, b] = [Math.exp(0.5), Math.exp(1)]
    const expected = [a, b, b].map((value) => value / (a + 2 * b))
    outputs.y!.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 12)
    })
  })
})
