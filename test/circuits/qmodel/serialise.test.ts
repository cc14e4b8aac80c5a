import { expect, test } from 'vitest'
import { parseQModel, serialiseQModel } from '#circuits/qmodel/serialise.js'
import { quantiseGraph } from '#circuits/quantise/quantise.js'
import { everyLayer } from '../../support/every-layer.js'
import { expectError } from '../../support/expect-error.js'
import { randomGraph, randomRows } from '../../support/random-graph.js'

const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
const plain = () => JSON.parse(new TextDecoder().decode(serialiseQModel(everyLayer)))

test('a model is itself again after it was written and read', () => {
  expect(parseQModel(serialiseQModel(everyLayer))).toEqual(everyLayer)
})

test('writing what was read gives the same bytes', () => {
  for (let seed = 1; seed <= 25; seed++) {
    const graph = randomGraph(seed)
    const rows = randomRows(graph, seed, 4, -1)
    const bytes = serialiseQModel(quantiseGraph(graph, rows, { bits: 8, output: 'logits' }))
    expect(serialiseQModel(parseQModel(bytes))).toEqual(bytes)
  }
})

test('the bytes are one line of JSON, format first', () => {
  const written = new TextDecoder().decode(serialiseQModel(everyLayer))
  expect(written).toMatch(/^\{"format":"zkserve\/qmodel\/2","name":"test","batch":1,"inputs":\[/)
  expect(written.indexOf('\n')).toBe(written.length - 1)
})

test('the bytes depend on nothing but the model: -0 is written as 0', () => {
  const zero = { ...everyLayer, inputs: [{ ...everyLayer.inputs[0]!, lows: [-0] }] }
  const other = { ...everyLayer, inputs: [{ ...everyLayer.inputs[0]!, lows: [0] }] }
  expect(serialiseQModel(zero)).toEqual(serialiseQModel(other))
})

test.each([
  ['no JSON', new TextEncoder().encode('{')],
  ['no text', Uint8Array.of(0xff, 0xfe, 0x00)],
  ['null', text(null)],
  ['a list', text([])],
  ['an empty object', text({})],
  ['another format', text({ ...plain(), format: 'zkserve/qmodel/1' })],
  ['no layers', text({ ...plain(), layers: undefined })],
  ['layers that are no list', text({ ...plain(), layers: {} })],
  ['a layer that is null', text({ ...plain(), layers: [null] })],
  ['a layer of an unknown kind', text({ ...plain(), layers: [{ ...plain().layers[0], kind: 'sigmoid' }] })],
  ['a layer without weights', text({ ...plain(), layers: [{ ...plain().layers[0], weight: null }] })],
  ['no tensors', text({ ...plain(), tensors: undefined })],
  ['no inputs', text({ ...plain(), inputs: null })],
  ['no outputs', text({ ...plain(), outputs: 7 })],
])('%s is no integer model', (_, bytes) => {
  expectError('INVALID_QMODEL', () => parseQModel(bytes))
})
