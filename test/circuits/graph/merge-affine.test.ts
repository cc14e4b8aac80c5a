import { describe, expect, test } from 'vitest'
import type { Graph } from '#circuits/graph/graph.js'
import { interpretGraph } from '#circuits/graph/interpret.js'
import { dropNoOps } from '#circuits/graph/passes/drop-no-ops.js'
import { fuseReciprocalSqrt } from '#circuits/graph/passes/fuse-reciprocal-sqrt.js'
import { mergeAffine } from '#circuits/graph/passes/merge-affine.js'
import { verifyGraph } from '#circuits/graph/verify.js'
import { floatTensor, graphOf } from '../../support/graph-builder.js'
import { feed, ramp } from '../../support/run-model.js'

const kinds = (graph: Graph): readonly string[] => graph.nodes.map(({ kind }) => kind)

function apply(pass: (graph: Graph) => Graph, graph: Graph): Graph {
  const result = dropNoOps(pass(graph))
  verifyGraph(result)
  const size = graph.inputs[0]!.shape.reduce((product, length) => product * length, 1)
  const inputs = feed(graph, { x: ramp(size, 0.5, 0.75) })
  const [before, after] = [interpretGraph(graph, inputs), interpretGraph(result, inputs)]
  for (const [name, tensor] of before) {
    for (const [index, value] of tensor.data.entries()) {
      expect(after.get(name)!.data[index]).toBeCloseTo(value, 4)
    }
  }
  return result
}

const scaled = (input: string, output: string, shape: readonly number[], values: readonly number[]) =>
  ({ kind: 'multiplyConstant', input, output, constant: floatTensor(shape, values) }) as const
const shifted = (input: string, output: string, shape: readonly number[], values: readonly number[]) =>
  ({ kind: 'addConstant', input, output, constant: floatTensor(shape, values) }) as const
const affine = (input: string, output: string, scale: readonly number[], offset: readonly number[]) =>
  ({
    kind: 'affine',
    input,
    output,
    scale: floatTensor([scale.length], scale),
    offset: floatTensor([offset.length], offset),
  }) as const
const relu = (input: string, output: string) => ({ kind: 'relu', input, output }) as const

describe('mergeAffine', () => {
  test('makes one affine node of a chain that depends on the channel alone', () => {
    const chain = graphOf(
      [1, 2, 2],
      [
        scaled('x', 'a', [1, 2, 2], [2, 2, 3, 3]),
        shifted('a', 'b', [1, 2, 2], [1, 1, 1, 1]),
        affine('b', 'y', [0.5, -1], [4, 5]),
      ],
    )
    expect(kinds(apply(mergeAffine, chain))).toEqual(['affine'])
  })

  test('keeps elementwise chains as one product and one sum', () => {
    const chain = graphOf(
      [1, 4],
      [
        scaled('x', 'a', [1, 4], ramp(4)),
        shifted('a', 'b', [1, 4], ramp(4)),
        scaled('b', 'y', [1, 4], ramp(4)),
      ],
    )
    expect(kinds(apply(mergeAffine, chain))).toEqual(['affine'])
    const rows = graphOf(
      [2, 2],
      [
        scaled('x', 'a', [2, 2], ramp(4)),
        shifted('a', 'b', [2, 2], ramp(4)),
        scaled('b', 'y', [2, 2], ramp(4)),
      ],
    )
    expect(kinds(apply(mergeAffine, rows))).toEqual(['multiplyConstant', 'addConstant'])
    const sums = graphOf([2, 1], [shifted('x', 'a', [2, 1], [1, 2]), shifted('a', 'y', [2, 1], [3, 4])])
    expect(kinds(apply(mergeAffine, sums))).toEqual(['addConstant'])
  })

  test('drops what comes to the identity within the precision of its constants', () => {
    const scale = Math.fround(0.0173)
    const chain = graphOf(
      [1, 3],
      [
        relu('x', 'r'),
        affine('r', 'q', [1 / scale, 1 / scale, 1 / scale], [128, 128, 128]),
        affine('q', 'd', [scale, scale, scale], [-128 * scale, -128 * scale, -128 * scale]),
        relu('d', 'y'),
      ],
    )
    expect(kinds(apply(mergeAffine, chain))).toEqual(['relu', 'relu'])
    const last = graphOf([1, 1], [relu('x', 'r'), affine('r', 'y', [1], [0])])
    expect(kinds(apply(mergeAffine, last))).toEqual(['relu'])
  })

  test('cuts a chain at values that something else reads', () => {
    const graph = graphOf(
      [1, 2],
      [affine('x', 'a', [2, 3], [1, 1]), affine('a', 'y', [2, 2], [1, 1]), relu('a', 'z')],
      ['y', 'z'],
    )
    expect(kinds(apply(mergeAffine, graph))).toEqual(['affine', 'affine', 'relu'])
  })
})

describe('fuseReciprocalSqrt', () => {
  const of = (name: 'sqrt' | 'reciprocal' | 'exp', input: string, output: string) =>
    ({ kind: 'elementwise', input, output, functions: [{ name, parameters: [] }] }) as const

  test('makes one function of a square root and its reciprocal', () => {
    const fused = apply(
      fuseReciprocalSqrt,
      graphOf([1, 3], [of('sqrt', 'x', 's'), of('reciprocal', 's', 'y')]),
    )
    expect(fused.nodes).toMatchObject([{ kind: 'elementwise', functions: [{ name: 'reciprocalSqrt' }] }])
  })

  test('leaves other pairs, and roots that something else reads', () => {
    const other = graphOf([1, 3], [of('exp', 'x', 's'), of('reciprocal', 's', 'y')])
    expect(kinds(apply(fuseReciprocalSqrt, other))).toEqual(['elementwise', 'elementwise'])
    const shared = graphOf([1, 3], [of('sqrt', 'x', 's'), of('reciprocal', 's', 'y')], ['s', 'y'])
    expect(kinds(apply(fuseReciprocalSqrt, shared))).toEqual(['elementwise', 'elementwise'])
  })
})
