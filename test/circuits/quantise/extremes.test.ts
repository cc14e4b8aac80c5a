import { describe, expect, test } from 'vitest'
import { emitCircuit } from '#circuits/emit/emit.js'
import { ZkserveError } from '#circuits/errors.js'
import type { FloatTensor, Graph } from '#circuits/graph/graph.js'
import { quantiseGraph } from '#circuits/quantise/quantise.js'
import { floatTensor, graphOf } from '../../support/graph-builder.js'
import { convNode, denseNode, maxPoolNode, reluNode } from '../../support/layer-nodes.js'
import { compare } from '../../support/quantised.js'
import { randomGraph, randomRows } from '../../support/random-graph.js'

type Rows = readonly ReadonlyMap<string, FloatTensor>[]

const row = (...values: number[]): ReadonlyMap<string, FloatTensor> =>
  new Map([['x', floatTensor([1, values.length], values)]])
const two = graphOf([1, 4], [denseNode('x', 'a', [3, 4]), reluNode('a', 'b'), denseNode('b', 'y', [2, 3])])
const quantise = (graph: Graph, rows: Rows, bits = 8) =>
  quantiseGraph(graph, rows, { bits, output: 'logits' })

describe('calibration', () => {
  test('without rows is refused', () => {
    expect(() => quantise(two, [])).toThrow(expect.objectContaining({ code: 'INVALID_DATA' }))
  })

  test.each([
    ['one row', [row(0.1, 0.9, 0.4, 0.2)]],
    ['inputs that never change', [row(5, 5, 5, 5), row(5, 5, 5, 5)]],
    ['inputs that never change, negative', [row(-3, -3, -3, -3)]],
    ['inputs that are always 0', [row(0, 0, 0, 0)]],
    ['inputs far from 0', [row(100, 100.5, 101, 100.25), row(100.75, 100, 100, 101)]],
  ])('on %s gives a model that answers as the float model does', (_, rows) => {
    for (const bits of [8, 16]) {
      const model = quantise(two, rows, bits)
      const { error, range } = compare(two, model, rows)
      expect(error).toBeLessThanOrEqual(0.05 * range)
    }
  })

  test.each([1e-38, 1e-30, 1e-10, 1e10, 1e30])(
    'on inputs around %d does so too, where the biases fit',
    (size) => {
      const scaled = {
        ...two,
        nodes: two.nodes.map((node) =>
          node.kind === 'dense'
            ? { ...node, bias: { ...node.bias!, data: node.bias!.data.map((v) => v * size) } }
            : node,
        ),
      }
      const rows = randomRows(scaled, 2, 8, -1).map((each) => {
        const { shape, data } = each.get('x')!
        return new Map([['x', { shape, data: data.map((value) => value * size) }]])
      })
      for (const bits of [4, 8, 16]) {
        const { error, range } = compare(scaled, quantise(scaled, rows, bits), rows)
        expect(error).toBeLessThanOrEqual((bits === 4 ? 0.5 : 0.05) * range)
      }
    },
  )
})

describe('channels', () => {
  test('whose weights are all 0 cost nothing and are constant', () => {
    const weight = floatTensor([3, 4], [0, 0, 0, 0, 1, -1, 1, -1, 0, 0, 0, 0])
    const dead = { ...denseNode('x', 'a', [3, 4]), weight }
    const graph = graphOf([1, 4], [dead, reluNode('a', 'y')])
    const rows = randomRows(graph, 3, 8, 0)
    const model = quantise(graph, rows)
    const { error, range } = compare(graph, model, rows)
    expect(error).toBeLessThanOrEqual(0.02 * range)
    const live = graphOf(
      [1, 4],
      [{ ...dead, weight: denseNode('x', 'a', [3, 4]).weight }, reluNode('a', 'y')],
    )
    const cost = (one: Graph) =>
      emitCircuit(quantise(one, rows), 'public').account.layers.reduce((a, b) => a + b, 0)
    expect(cost(graph)).toBeLessThan(cost(live))
  })

  test('of very different weights each have a scale of their own', () => {
    const weight = floatTensor([2, 4], [1e-6, -2e-6, 3e-6, 1e-6, 1e4, -2e4, 3e4, 1e4])
    const graph = graphOf(
      [1, 4],
      [{ kind: 'dense', input: 'x', output: 'a', weight, bias: null }, reluNode('a', 'y')],
    )
    const rows = randomRows(graph, 3, 8, 0)
    const { tensors, layers } = quantise(graph, rows)
    expect(tensors[layers[0]!.output]!.scales.length).toBe(2)
  })
})

test('any magnitude of weights, biases and inputs gives a model or a code, never anything else', () => {
  const sizes = [0, 1e-38, 1e-30, 1e-10, 1, 1e10, 1e30, 3e37]
  let refused = 0
  let made = 0
  for (let seed = 1; seed <= 120; seed++) {
    const plain = randomGraph(seed)
    const size = sizes[seed % sizes.length]!
    const resized = (tensor: FloatTensor): FloatTensor => ({
      ...tensor,
      data: tensor.data.map((v) => v * size),
    })
    const nodes = plain.nodes.map((node, i) => {
      if ((node.kind === 'dense' || node.kind === 'conv') && (seed + i) % 3 > 0)
        return { ...node, weight: resized(node.weight) }
      return node
    })
    const graph = { ...plain, nodes }
    const inputs = sizes[(seed * 5) % sizes.length]!
    const rows = randomRows(graph, seed, 3, -1).map(
      (each) =>
        new Map(
          Array.from(each, ([name, { shape, data }]) => [name, { shape, data: data.map((v) => v * inputs) }]),
        ),
    )
    try {
      emitCircuit(quantise(graph, rows, [4, 8, 16][seed % 3]), 'public')
      made++
    } catch (error) {
      expect(error).toBeInstanceOf(ZkserveError)
      expect((error as ZkserveError).code).toBe('QUANTISATION_OVERFLOW')
      refused++
    }
  }
  expect(made).toBeGreaterThan(40)
  expect(refused).toBeGreaterThan(5)
})

describe('the same model', () => {
  const graph = graphOf(
    [1, 1, 6, 6],
    [
      convNode('x', 'a', 2, 1),
      reluNode('a', 'b'),
      maxPoolNode('b', 'c'),
      { kind: 'reshape', input: 'c', output: 'd', shape: [1, 18] },
      denseNode('d', 'y', [3, 18]),
    ],
  )
  const rows = randomRows(graph, 1, 6, 0)

  test.each([4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16])(
    'at %i bits has that range of inputs, twice the same',
    (bits) => {
      const [one, other] = [quantise(graph, rows, bits), quantise(graph, rows, bits)]
      expect(one.inputs).toMatchObject([{ bits }])
      expect(one).toEqual(other)
      expect(emitCircuit(one, 'hashed')).toEqual(emitCircuit(other, 'hashed'))
      const { error, range } = compare(graph, one, rows)
      expect(error).toBeLessThanOrEqual((2 / 2 ** (bits / 2)) * range)
    },
  )
})
