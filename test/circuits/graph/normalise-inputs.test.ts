import { describe, expect, test } from 'vitest'
import { type Graph, sizeOf } from '#circuits/graph/graph.js'
import { interpretGraph } from '#circuits/graph/interpret.js'
import { type Normalisation, normaliseInputs } from '#circuits/graph/passes/normalise-inputs.js'
import { expectError } from '../../support/expect-error.js'
import { graphOf } from '../../support/graph-builder.js'
import { convNode, denseNode, maxPoolNode, reluNode } from '../../support/layer-nodes.js'
import { randomSource } from '../../support/random-graph.js'

const scalar: Normalisation = { factor: 1 / 255, mean: [0.13], deviation: [0.31] }
const channels: Normalisation = { factor: 1 / 255, mean: [0.1, 0.5], deviation: [0.2, 0.7] }

/** Largest difference between the rewritten graph on raw inputs and the given one on normalised ones. */
function difference(graph: Graph, { factor, mean, deviation }: Normalisation): number {
  const random = randomSource(3)
  const { shape } = graph.inputs[0]!
  const raw = Float32Array.from({ length: sizeOf(shape) }, () => Math.floor(256 * random()))
  const inner = sizeOf(shape.slice(2))
  const of = (values: readonly number[], i: number) => values[Math.floor(i / inner) % values.length]!
  const normal = raw.map((value, i) => (value * factor - of(mean, i)) / of(deviation, i))
  const run = (of: Graph, data: Float32Array) =>
    interpretGraph(of, new Map([['x', { shape, data }]])).get('y')!
  const expected = run(graph, normal).data
  const got = run(normaliseInputs(graph, { factor, mean, deviation }), raw).data
  return Math.max(...expected.map((value, i) => Math.abs(value - got[i]!)))
}

const image = [1, 2, 5, 5]
const pad = { kind: 'pad', before: [0, 0, 1, 1], after: [0, 0, 1, 1], value: 0 } as const
function unpadded(input: string, output: string) {
  const node = convNode(input, output, 3, 2)
  return { ...node, window: { ...node.window, pads: [0, 0, 0, 0] as const } }
}
const flat = { kind: 'reshape', shape: [1, 50] } as const

describe('raw inputs', () => {
  test.each<[string, Graph]>([
    ['a convolution', graphOf(image, [unpadded('x', 'y')])],
    ['a convolution with padding', graphOf(image, [convNode('x', 'y', 3, 2)])],
    [
      'a pad of its own before a convolution',
      graphOf(image, [{ ...pad, input: 'x', output: 'p' }, unpadded('p', 'y')]),
    ],
    [
      'a dense layer behind a reshape',
      graphOf(image, [{ ...flat, input: 'x', output: 'f' }, denseNode('f', 'y', [4, 50])]),
    ],
  ])('go into %s without further nodes of their own but sums', (_, graph) => {
    for (const normalisation of [scalar, channels]) {
      expect(difference(graph, normalisation)).toBeLessThan(1e-4)
      const kinds = normaliseInputs(graph, normalisation).nodes.map(({ kind }) => kind)
      expect(kinds).not.toContain('multiplyConstant')
    }
  })

  test.each<[string, Graph]>([
    ['an activation', graphOf(image, [reluNode('x', 'y')])],
    ['a pool', graphOf(image, [maxPoolNode('x', 'y')])],
    ['nothing but a reshape', graphOf(image, [{ ...flat, input: 'x', output: 'y' }])],
    [
      'a convolution and a sum with the input',
      graphOf(image, [convNode('x', 'c', 2, 2), { kind: 'add', inputs: ['c', 'x'], output: 'y' }]),
    ],
  ])('reach %s as normalised values', (_, graph) => {
    for (const normalisation of [scalar, channels])
      expect(difference(graph, normalisation)).toBeLessThan(1e-4)
  })

  test('leave a graph alone without a normalisation', () => {
    const graph = graphOf(image, [reluNode('x', 'y')])
    expect(normaliseInputs(graph, null)).toBe(graph)
  })

  test('are refused where channels do not fit', () => {
    const graph = graphOf([1, 3, 5, 5], [reluNode('x', 'y')])
    expectError('USAGE', () => normaliseInputs(graph, channels))
  })
})
