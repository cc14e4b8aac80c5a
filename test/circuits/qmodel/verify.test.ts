import { describe, expect, test } from 'vitest'
import type { QLayer, QLayerKind, QModel } from '#circuits/qmodel/qmodel.js'
import { verifyQModel } from '#circuits/qmodel/verify.js'
import { everyLayer } from '../../support/every-layer.js'
import { expectError } from '../../support/expect-error.js'

type Changes = Readonly<Record<string, unknown>>

const withInput = (changes: Changes): QModel => ({
  ...everyLayer,
  inputs: [{ ...everyLayer.inputs[0]!, ...changes }],
})

const withOutput = (changes: Changes): QModel => ({
  ...everyLayer,
  outputs: [{ ...everyLayer.outputs[0]!, ...changes }],
})

const withTensor = (id: number, changes: Changes): QModel => ({
  ...everyLayer,
  tensors: everyLayer.tensors.with(id, { ...everyLayer.tensors[id]!, ...changes }),
})

function withLayer(kind: QLayerKind, changes: Changes): QModel {
  const at = everyLayer.layers.findIndex((layer) => layer.kind === kind)
  return {
    ...everyLayer,
    layers: everyLayer.layers.with(at, { ...everyLayer.layers[at]!, ...changes } as QLayer),
  }
}

const refuses = (model: QModel) => expectError('INVALID_QMODEL', () => verifyQModel(model))

test('a sound model passes', () => {
  expect(() => verifyQModel(everyLayer)).not.toThrow()
})

describe('inputs', () => {
  test('have a tensor each', () => {
    refuses({ ...everyLayer, inputs: [everyLayer.inputs[0]!, everyLayer.inputs[0]!] })
    refuses(withInput({ tensor: 99 }))
    refuses(withInput({ tensor: -1 }))
  })
  test.each([0, -1, 32, 2.5, Number.NaN])('are not %d bits wide', (bits) => {
    refuses(withInput({ bits }))
  })
  test('begin at an integer', () => {
    for (const lo of [0.5, Number.NaN, Number.NEGATIVE_INFINITY, 2 ** 53]) refuses(withInput({ lows: [lo] }))
  })
  test('have a positive scale', () => {
    for (const scale of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) refuses(withInput({ scales: [scale] }))
  })
  test('have the shape of their tensor', () => {
    refuses(withInput({ shape: [1, 32] }))
    refuses(withInput({ shape: [1, 2, 4, 5] }))
  })
})

describe('outputs', () => {
  test('are made by a layer', () => {
    refuses(withOutput({ tensor: 99 }))
    refuses({ ...everyLayer, outputs: [] })
  })
  test('fit 32 bits', () => {
    refuses(withTensor(8, { lo: -(2 ** 31) - 1 }))
    refuses(withTensor(8, { hi: 2 ** 31 }))
    expect(() => verifyQModel(withTensor(8, { lo: -(2 ** 31), hi: 2 ** 31 - 1 }))).not.toThrow()
  })
  test('have the shape of their tensor', () => {
    refuses(withOutput({ shape: [2] }))
  })
  test('have a positive scale', () => {
    refuses(withOutput({ scale: 0 }))
  })
})

describe('order', () => {
  test('a layer reads only what is made before', () => {
    refuses(withLayer('rescale', { input: 5 }))
    refuses(withLayer('rescale', { input: 2 }))
    refuses(withLayer('combine', { terms: [{ input: 8, factors: [1] }] }))
    refuses({ ...everyLayer, layers: everyLayer.layers.toReversed() })
  })
  test('a tensor is made once', () => {
    refuses(withLayer('rescale', { output: 1 }))
    refuses(withLayer('rescale', { output: 0 }))
  })
  test('every tensor exists and is made', () => {
    refuses(withLayer('argMax', { output: 99 }))
    refuses({ ...everyLayer, tensors: [...everyLayer.tensors, everyLayer.tensors[0]!] })
  })
})

describe('tensors', () => {
  test.each([
    [Number.NaN, 1],
    [0, Number.NaN],
    [Number.NEGATIVE_INFINITY, 0],
    [0, Number.POSITIVE_INFINITY],
    [0.5, 1],
    [2, 1],
    [0, 2 ** 53],
  ])('are not bounded by [%d, %d]', (lo, hi) => {
    refuses(withTensor(3, { lo, hi }))
  })
  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('have no scale %d', (scale) => {
    refuses(withTensor(3, { scales: [scale] }))
  })
})

describe('layers', () => {
  test.each<[string, QLayerKind, Changes]>([
    ['weights that do not fill their shape', 'conv', { weight: new Int32Array(15) }],
    ['a bias too few', 'conv', { bias: Float64Array.of(1) }],
    ['a bias that is no integer', 'conv', { bias: Float64Array.of(1, 0.5) }],
    ['a bias that is no number', 'conv', { bias: Float64Array.of(1, Number.NaN) }],
    ['a bias beyond 53 bits', 'conv', { bias: Float64Array.of(1, 2 ** 53) }],
    ['groups that do not divide the channels', 'conv', { groups: 2 }],
    ['a window other than its weights', 'conv', { window: { ...convWindow(), kernel: [1, 4] } }],
    ['another result than its window makes', 'conv', { window: { ...convWindow(), pads: [0, 0, 0, 0] } }],
    ['weights that do not fill their shape', 'dense', { weight: new Int32Array(26) }],
    ['a bias too many', 'dense', { bias: new Float64Array(4) }],
    ['another depth than its input', 'dense', { weightShape: [3, 3], weight: new Int32Array(9) }],
    ['a constant of another size', 'combine', { constant: new Float64Array(7) }],
    ['a constant that is no integer', 'combine', { constant: new Float64Array(8).fill(0.25) }],
    ['a factor that is no integer', 'combine', { terms: [{ input: 4, factors: [1, 1.5] }] }],
    ['factors for other channels', 'combine', { terms: [{ input: 4, factors: [1, 2, 3] }] }],
    ['a term of another shape', 'combine', { terms: [{ input: 3, factors: [1] }] }],
    ['a factor that is no integer', 'windowSum', { factors: [1, 2, 3, 0.5] }],
    ['a factor too few', 'windowSum', { factors: [1, 2, 3] }],
    ['another result than its window makes', 'windowSum', { window: { ...convWindow(), kernel: [1, 1] } }],
    ['an index below -1', 'reindex', { indices: Int32Array.of(-2, 0, 0, 0, 0, 0, 0, 0, 0) }],
    ['an index past the end', 'reindex', { indices: Int32Array.of(8, 0, 0, 0, 0, 0, 0, 0, 0) }],
    ['an index too few', 'reindex', { indices: new Int32Array(8) }],
    ['a fill that is no integer', 'reindex', { fill: 0.5 }],
    ['another result than its window makes', 'maxPool', { window: { ...convWindow(), kernel: [4, 4] } }],
    ['a window that holds nothing but padding', 'maxPool', { window: paddedWindow() }],
    ['a shift for other channels', 'rescale', { shifts: [1, 2, 3] }],
    ['a negative shift', 'rescale', { shifts: [-1] }],
    ['a shift beyond 48', 'rescale', { shifts: [49] }],
    ['a shift that is no integer', 'rescale', { shifts: [1.5] }],
    ['saturation without a lower end', 'rescale', { low: null }],
    ['saturation at no bits', 'rescale', { saturate: 0 }],
    ['saturation at half a bit', 'rescale', { saturate: 1.5 }],
    ['more than one result', 'argMax', { output: 8, input: 6 }],
  ])('with %s are refused (%s)', (_, kind, changes) => {
    if (kind === 'argMax')
      refuses({ ...withTensor(8, { shape: [2] }), outputs: withOutput({ shape: [2] }).outputs })
    else refuses(withLayer(kind, changes))
  })
})

test('sums whose parts leave the exact range are refused, even where the whole does not', () => {
  const weight = new Int32Array(27).fill(2 ** 31 - 1)
  weight.set(weight.map((value, i) => (i % 2 === 0 ? value : -value)))
  const model = withLayer('dense', { weight })
  expect(() => verifyQModel(model)).not.toThrow()
  refuses({ ...model, tensors: model.tensors.with(6, { ...model.tensors[6]!, lo: -(2 ** 24), hi: 2 ** 24 }) })
})

function convWindow() {
  return (everyLayer.layers[0] as Extract<QLayer, { kind: 'conv' }>).window
}

/** 3 × 3 results of a 4 × 4 plane, the first row of them from padding alone. */
function paddedWindow() {
  return { kernel: [1, 2], strides: [2, 1], pads: [1, 0, 0, 0], dilations: [1, 1] }
}
