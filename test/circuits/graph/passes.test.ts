import { describe, expect, test } from 'vitest'
import type { Graph, GraphNode } from '#circuits/graph/graph.js'
import { sizeOf } from '#circuits/graph/graph.js'
import { interpretGraph } from '#circuits/graph/interpret.js'
import { dropNoOps } from '#circuits/graph/passes/drop-no-ops.js'
import { foldAffine } from '#circuits/graph/passes/fold-affine.js'
import { foldConstantAdd } from '#circuits/graph/passes/fold-constant-add.js'
import { graphPasses, optimiseGraph } from '#circuits/graph/passes/optimise.js'
import { removeDeadNodes } from '#circuits/graph/passes/remove-dead-nodes.js'
import { verifyGraph } from '#circuits/graph/verify.js'
import { floatTensor, graphOf } from '../../support/graph-builder.js'
import { feed, ramp } from '../../support/run-model.js'

const kinds = (graph: Graph): readonly string[] => graph.nodes.map(({ kind }) => kind)

/** Runs a pass, which must leave a sound graph with the outputs that it had. */
function apply(pass: (graph: Graph) => Graph, graph: Graph): Graph {
  const result = pass(graph)
  verifyGraph(result)
  const size = sizeOf(graph.inputs[0]!.shape)
  for (const values of [ramp(size), ramp(size, -size / 2, 0.75), new Array<number>(size).fill(0)]) {
    const inputs = feed(graph, { x: values })
    const [before, after] = [interpretGraph(graph, inputs), interpretGraph(result, inputs)]
    expect([...after.keys()]).toEqual([...before.keys()])
    for (const [name, tensor] of before) {
      const other = after.get(name)!
      expect(other.shape).toEqual(tensor.shape)
      for (const [index, value] of tensor.data.entries()) expect(other.data[index]).toBeCloseTo(value, 3)
    }
  }
  return result
}

const conv: GraphNode = {
  name: 'c',
  operator: 'Conv',
  kind: 'conv',
  input: 'x',
  output: 'c',
  weight: floatTensor([2, 1, 2, 2], ramp(8)),
  bias: floatTensor([2], [1, -1]),
  window: { kernel: [2, 2], strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1] },
  groups: 1,
}
const dense = {
  kind: 'dense',
  input: 'x',
  output: 'd',
  weight: floatTensor([2, 3], ramp(6)),
  bias: null,
} as const
const affine = {
  kind: 'affine',
  output: 'y',
  scale: floatTensor([2], [2, -0.5]),
  offset: floatTensor([2], [10, 20]),
} as const

describe('foldAffine', () => {
  test('folds into a conv and into a dense layer', () => {
    const afterConv = apply(foldAffine, graphOf([1, 1, 3, 3], [conv, { ...affine, input: 'c' }]))
    expect(kinds(afterConv)).toEqual(['conv'])
    const afterDense = apply(foldAffine, graphOf([1, 3], [dense, { ...affine, input: 'd' }]))
    expect(kinds(afterDense)).toEqual(['dense'])
  })

  test('stays where the layer has another reader, or channels lie on another axis', () => {
    const relu = { kind: 'relu', input: 'c', output: 'r' } as const
    const shared = graphOf([1, 1, 3, 3], [conv, { ...affine, input: 'c' }, relu], ['y', 'r'])
    expect(kinds(apply(foldAffine, shared))).toEqual(['conv', 'affine', 'relu'])
    const asOutput = graphOf([1, 1, 3, 3], [conv, { ...affine, input: 'c' }], ['c', 'y'])
    expect(kinds(apply(foldAffine, asOutput))).toEqual(['conv', 'affine'])
    const wide = graphOf([1, 2, 3], [dense, { ...affine, input: 'd' }])
    expect(kinds(apply(foldAffine, wide))).toEqual(['dense', 'affine'])
  })
})

describe('foldConstantAdd', () => {
  const addition = (input: string, shape: readonly number[], values: readonly number[]) =>
    ({ kind: 'addConstant', input, output: 'y', constant: floatTensor(shape, values) }) as const

  test('folds what is one number for each channel', () => {
    const perChannel = addition('c', [1, 2, 2, 2], [5, 5, 5, 5, 7, 7, 7, 7])
    expect(kinds(apply(foldConstantAdd, graphOf([1, 1, 3, 3], [conv, perChannel])))).toEqual(['conv'])
    const rows = addition('d', [1, 2, 2], [5, 7, 5, 7])
    expect(kinds(apply(foldConstantAdd, graphOf([1, 2, 3], [dense, rows])))).toEqual(['dense'])
  })

  test('stays where values differ within a channel', () => {
    const perPixel = addition('c', [1, 2, 2, 2], ramp(8))
    expect(kinds(apply(foldConstantAdd, graphOf([1, 1, 3, 3], [conv, perPixel])))).toEqual([
      'conv',
      'addConstant',
    ])
    const rows = addition('d', [1, 2, 2], [5, 7, 5, 8])
    expect(kinds(apply(foldConstantAdd, graphOf([1, 2, 3], [dense, rows])))).toEqual(['dense', 'addConstant'])
  })
})

describe('dropNoOps', () => {
  test('drops what does nothing and keeps what does', () => {
    const graph = graphOf(
      [1, 2, 3],
      [
        { kind: 'pad', input: 'x', output: 'a', before: [0, 0, 0], after: [0, 0, 0], value: 0 },
        { kind: 'transpose', input: 'a', output: 'b', permutation: [0, 1, 2] },
        { kind: 'reshape', input: 'b', output: 'c', shape: [1, 2, 3] },
        { kind: 'broadcast', input: 'c', output: 'd', shape: [1, 2, 3] },
        { kind: 'transpose', input: 'd', output: 'e', permutation: [0, 2, 1] },
        { kind: 'pad', input: 'e', output: 'y', before: [0, 0, 0], after: [0, 1, 0], value: 3 },
      ],
    )
    const result = apply(dropNoOps, graph)
    expect(kinds(result)).toEqual(['transpose', 'pad'])
    expect(result.shapes.size).toBe(3)
  })

  test('gives the name of an output to the node before, for all its readers', () => {
    const graph = graphOf(
      [1, 3],
      [
        { kind: 'relu', input: 'x', output: 'r' },
        { kind: 'reshape', input: 'r', output: 's', shape: [1, 3] },
        { kind: 'reshape', input: 'r', output: 'y', shape: [1, 3] },
        { kind: 'add', inputs: ['s', 'r'], output: 'z' },
      ],
      ['y', 'z'],
    )
    const result = apply(dropNoOps, graph)
    expect(result.nodes.map(({ kind, output }) => [kind, output])).toEqual([
      ['relu', 'y'],
      ['add', 'z'],
    ])
  })

  test('keeps a node between an input and an output, or between two outputs', () => {
    const through = graphOf([1, 3], [{ kind: 'reshape', input: 'x', output: 'y', shape: [1, 3] }])
    expect(kinds(apply(dropNoOps, through))).toEqual(['reshape'])
    const both = graphOf(
      [1, 3],
      [
        { kind: 'relu', input: 'x', output: 'r' },
        { kind: 'reshape', input: 'r', output: 'y', shape: [1, 3] },
      ],
      ['r', 'y'],
    )
    expect(kinds(apply(dropNoOps, both))).toEqual(['relu', 'reshape'])
  })
})

test('removeDeadNodes removes what no output depends on', () => {
  const graph = graphOf(
    [1, 3],
    [
      { kind: 'relu', input: 'x', output: 'dead' },
      { kind: 'relu', input: 'dead', output: 'deader' },
      { kind: 'relu', input: 'x', output: 'y' },
    ],
  )
  expect(apply(removeDeadNodes, graph).nodes.map(({ output }) => output)).toEqual(['y'])
})

test('all passes together leave one layer of a normalised one', () => {
  const graph = graphOf(
    [1, 3],
    [
      dense,
      { kind: 'addConstant', input: 'd', output: 'a', constant: floatTensor([1, 2], [3, 4]) },
      { kind: 'reshape', input: 'a', output: 'b', shape: [1, 2] },
      { ...affine, input: 'b', output: 'n' },
      { kind: 'addConstant', input: 'n', output: 'y', constant: floatTensor([1, 2], [1, 1]) },
    ],
  )
  expect(kinds(apply(optimiseGraph, graph))).toEqual(['dense'])
  for (const { run } of graphPasses) apply(run, graph)
})
