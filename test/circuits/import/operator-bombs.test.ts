import { expect, test } from 'vitest'
import { ZkserveError } from '#circuits/errors.js'
import { optimiseGraph } from '#circuits/graph/passes/optimise.js'
import { importOnnx } from '#circuits/import/import-model.js'
import { defaultQuantiseOptions } from '#circuits/quantise/options.js'
import { quantiseGraph } from '#circuits/quantise/quantise.js'
import {
  float,
  integers,
  type OnnxModel,
  type OnnxNode,
  onnxModel,
  tensor,
} from '../../support/onnx-builder.js'
import { randomRows } from '../../support/random-graph.js'

/** Small files that ask for much, by operator. */
const bombs: Readonly<Record<string, () => Partial<OnnxModel> & Pick<OnnxModel, 'nodes'>>> = {
  'Tile by a million': () => ({
    nodes: [node('Tile', ['x', 'c'])],
    initializers: { c: integers(1, 2 ** 40) },
  }),
  'Expand to 2^60 elements': () => ({
    nodes: [node('Expand', ['x', 'c'])],
    initializers: { c: integers(2 ** 30, 2 ** 30, 4) },
  }),
  'ConstantOfShape of 2^50 elements': () => ({
    nodes: [{ op: 'ConstantOfShape', inputs: ['c'], outputs: ['k'] }, node('Add', ['x', 'k'])],
    initializers: { c: integers(2 ** 25, 2 ** 25) },
  }),
  'Range without end': () => ({
    nodes: [{ op: 'Range', inputs: ['a', 'b', 'd'], outputs: ['k'] }, node('Add', ['x', 'k'])],
    initializers: { a: tensor([], [0]), b: tensor([], [1e30]), d: tensor([], [1e-30]) },
  }),
  'Range of int64': () => ({
    nodes: [
      { op: 'Range', inputs: ['a', 'b', 'd'], outputs: ['k'] },
      { op: 'Cast', inputs: ['k'], outputs: ['f'], attributes: { to: 1 } },
      node('Add', ['x', 'f']),
    ],
    initializers: {
      a: tensor([], [0], { type: 'int64' }),
      b: tensor([], [2 ** 52], { type: 'int64' }),
      d: tensor([], [1], { type: 'int64' }),
    },
  }),
  'Concat of itself, forty times': () => ({
    nodes: chain(40, (from, to) => ({
      op: 'Concat',
      inputs: [from, from],
      outputs: [to],
      attributes: { axis: 1 },
    })),
  }),
  'Tile by two, forty times': () => ({
    nodes: chain(40, (from, to) => ({ op: 'Tile', inputs: [from, 'c'], outputs: [to] })),
    initializers: { c: integers(1, 2) },
  }),
  'Add of itself, nine thousand times': () => ({
    nodes: chain(9000, (from, to) => ({ op: 'Add', inputs: [from, from], outputs: [to] })),
  }),
  'Mul of itself, a thousand times': () => ({
    nodes: chain(1000, (from, to) => ({ op: 'Mul', inputs: [from, from], outputs: [to] })),
  }),
  'Sigmoid, five thousand times': () => ({
    nodes: chain(5000, (from, to) => ({ op: 'Sigmoid', inputs: [from], outputs: [to] })),
  }),
  'Softmax, three thousand times': () => ({
    nodes: chain(3000, (from, to) => ({ op: 'Softmax', inputs: [from], outputs: [to] })),
  }),
  'Slice of all of ten million, two hundred times': () => ({
    inputs: [{ name: 'x', shape: [1, 10 ** 7] }],
    nodes: chain(200, (from, to) => ({ op: 'Slice', inputs: [from, 'a', 'b', 'd'], outputs: [to] })),
    initializers: { a: integers(0), b: integers(10 ** 7), d: integers(1) },
  }),
  'ReduceMax of three thousand': () => ({
    inputs: [{ name: 'x', shape: [1, 3000] }],
    nodes: [node('ReduceMax', ['x'], { axes: [1] })],
  }),
  'Neg of three million, thirty times': () => ({
    inputs: [{ name: 'x', shape: [1, 3 * 10 ** 6] }],
    nodes: chain(30, (from, to) => ({ op: 'Neg', inputs: [from], outputs: [to] })),
  }),
  'ArgMax of four thousand': () => ({
    inputs: [{ name: 'x', shape: [1, 4000] }],
    nodes: [
      { op: 'ArgMax', inputs: ['x'], outputs: ['i'], attributes: { axis: 1 } },
      { op: 'Cast', inputs: ['i'], outputs: ['y'], attributes: { to: 1 } },
    ],
  }),
  'nine thousand Identity nodes backwards': () => ({
    nodes: chain(9000, (from, to) => ({ op: 'Identity', inputs: [from], outputs: [to] })).toReversed(),
  }),
  'Resize by 2^20': () => ({
    ...image,
    nodes: [node('Resize', ['x', '', 'c'])],
    initializers: { c: tensor([4], [1, 1, 2 ** 20, 2 ** 20]) },
  }),
  'Resize to a size beyond counting': () => ({
    ...image,
    nodes: [node('Resize', ['x', '', '', 'c'])],
    initializers: { c: integers(1, 1, 2 ** 52, 2 ** 52) },
  }),
  'DepthToSpace with a block of 2^30': () => ({
    ...image,
    nodes: [node('DepthToSpace', ['x'], { blocksize: 2 ** 30 })],
  }),
  'SpaceToDepth with a block of 2^30': () => ({
    ...image,
    nodes: [node('SpaceToDepth', ['x'], { blocksize: 2 ** 30 })],
  }),
  'ConvTranspose with strides of 2^30': () => ({
    ...image,
    nodes: [node('ConvTranspose', ['x', 'w'], { strides: [2 ** 30, 2 ** 30] })],
    initializers: { w: tensor([1, 1, 2, 2], [1, 2, 3, 4]) },
  }),
  'ConvTranspose with an output beyond counting': () => ({
    ...image,
    nodes: [node('ConvTranspose', ['x', 'w'], { output_shape: [2 ** 52, 2 ** 52] })],
    initializers: { w: tensor([1, 1, 2, 2], [1, 2, 3, 4]) },
  }),
  'Conv with dilations of 2^52': () => ({
    ...image,
    nodes: [
      node('Conv', ['x', 'w'], { dilations: [2 ** 52, 2 ** 52], pads: [2 ** 52, 2 ** 52, 2 ** 52, 2 ** 52] }),
    ],
    initializers: { w: tensor([1, 1, 2, 2], [1, 2, 3, 4]) },
  }),
  'Conv in 2^40 groups': () => ({
    ...image,
    nodes: [node('Conv', ['x', 'w'], { group: 2 ** 40 })],
    initializers: { w: tensor([1, 1, 2, 2], [1, 2, 3, 4]) },
  }),
  'AveragePool over 2^30 of padding': () => ({
    ...image,
    nodes: [
      node('AveragePool', ['x'], {
        kernel_shape: [2 ** 30, 2 ** 30],
        pads: [2 ** 29, 2 ** 29, 2 ** 29, 2 ** 29],
      }),
    ],
  }),
  'LpPool with a kernel of 2^20': () => ({
    ...image,
    nodes: [
      node('LpPool', ['x'], {
        kernel_shape: [2 ** 20, 2 ** 20],
        pads: [2 ** 19, 2 ** 19, 2 ** 19, 2 ** 19],
        p: 1,
      }),
    ],
  }),
  'TopK of 2^40': () => ({ nodes: [node('TopK', ['x', 'c'])], initializers: { c: integers(2 ** 40) } }),
  'TopK of all of four thousand': () => ({
    inputs: [{ name: 'x', shape: [1, 4000] }],
    nodes: [node('TopK', ['x', 'c'])],
    initializers: { c: integers(4000) },
  }),
  'Split into a million parts': () => ({
    nodes: [node('Split', ['x'], { num_outputs: 2 ** 40, axis: 1 })],
    opset: 18,
  }),
  'Slice with a step of 2^62': () => ({
    nodes: [node('Slice', ['x', 'a', 'b', 'd', 'd'])],
    initializers: { a: integers(0), b: integers(2 ** 52), d: integers(1) },
  }),
  'Pad by minus 2^40': () => ({
    nodes: [node('Pad', ['x', 'c'])],
    initializers: { c: integers(0, -(2 ** 40), 0, 2 ** 40 + 1) },
  }),
  'Pad by reflection, 2^30 wide': () => ({
    nodes: [node('Pad', ['x', 'c'], { mode: 'reflect' })],
    initializers: { c: integers(0, 2 ** 30, 0, 2 ** 30) },
  }),
  'Pow of 2^30': () => ({ nodes: [node('Pow', ['x', 'c'])], initializers: { c: tensor([], [2 ** 30]) } }),
  'MatMul of a value of two thousand rows with itself': () => ({
    inputs: [{ name: 'x', shape: [1, 2000, 2000] }],
    nodes: [node('MatMul', ['x', 'x'])],
  }),
  'Softmax over a million': () => ({
    inputs: [{ name: 'x', shape: [1, 2 ** 20] }],
    nodes: [{ op: 'Softmax', inputs: ['x'], outputs: ['s'] }, node('ReduceSum', ['s'])],
  }),
  'a tree that leads back to its root': () => treeModel([0, 0, 0], [0, 0, 0]),
  'a tree whose children are shared': () => treeModel([1, 2, 0], [1, 2, 0]),
  'a tree of sixty levels, each decision with one child twice': () => {
    const levels = 60
    const children = Array.from({ length: levels }, (_, level) => (level + 1 < levels ? level + 1 : 0))
    return treeModel(children, children)
  },
  'a tree of a hundred thousand nodes in a line': () => {
    const count = 100_000
    const next = Array.from({ length: count }, (_, at) => Math.min(at + 1, count - 1))
    return treeModel(
      next,
      next.map(() => count - 1),
    )
  },
  'LayerNormalization over an axis far away': () => ({
    nodes: [node('LayerNormalization', ['x', 'c'], { axis: -(2 ** 40), epsilon: float(0) })],
    initializers: { c: tensor([4], [1, 1, 1, 1]) },
  }),
}

const image = { inputs: [{ name: 'x', shape: [1, 1, 4, 4] }] } as const

function node(op: string, inputs: readonly string[], attributes: OnnxNode['attributes'] = {}): OnnxNode {
  return { op, inputs, outputs: ['y'], attributes }
}

/** Nodes that read each other, from x to y. */
function chain(count: number, make: (from: string, to: string) => OnnxNode): OnnxNode[] {
  const name = (at: number): string => (at === 0 ? 'x' : at === count ? 'y' : `v${at}`)
  return Array.from({ length: count }, (_, at) => make(name(at), name(at + 1)))
}

/** One tree; a node whose children are both 0 is a leaf. */
function treeModel(
  yes: readonly number[],
  no: readonly number[],
): Partial<OnnxModel> & Pick<OnnxModel, 'nodes'> {
  const each = (value: number): number[] => yes.map(() => value)
  const isLeaf = yes.map((child, at) => at > 0 && child === 0 && no[at] === 0)
  const attributes = {
    nodes_treeids: each(0),
    nodes_nodeids: yes.map((_, at) => at),
    nodes_featureids: each(0),
    nodes_values: { floats: each(0.5) },
    nodes_modes: { strings: isLeaf.map((leaf) => (leaf ? 'LEAF' : 'BRANCH_LEQ')) },
    nodes_truenodeids: yes,
    nodes_falsenodeids: no,
    n_targets: 1,
    target_treeids: [0],
    target_nodeids: [yes.length - 1],
    target_ids: [0],
    target_weights: { floats: [1] },
  }
  return {
    domains: { 'ai.onnx.ml': 3 },
    nodes: [{ ...node('TreeEnsembleRegressor', ['x'], attributes), domain: 'ai.onnx.ml' }],
  }
}

/** Imports, optimises and, where the graph is small, quantises: what comes of it. */
function outcomeOf(file: Uint8Array): string {
  try {
    const graph = optimiseGraph(importOnnx(file))
    if (graph.nodes.length > 50) return 'graph'
    quantiseGraph(graph, randomRows(graph, 1, 2, 0), defaultQuantiseOptions)
    return 'model'
  } catch (error) {
    return error instanceof ZkserveError ? error.code : `fault: ${(error as Error).stack}`
  }
}

test.each(Object.entries(bombs))('%s: a code or a model, soon, within 256 MB', (_, make) => {
  const { nodes, ...rest } = make()
  const inputs = [{ name: 'x', shape: [1, 4] }]
  const file = onnxModel({ opset: 17, inputs, outputs: ['y'], initializers: {}, ...rest, nodes })
  const [memory, time] = [process.resourceUsage().maxRSS, process.cpuUsage()]
  const outcome = outcomeOf(file)
  const { user, system } = process.cpuUsage(time)
  expect(outcome).not.toMatch(/fault|INTERNAL/)
  // Seconds of the processor, which a busy machine stretches: two where it is idle. Kilobytes.
  expect((user + system) / 1e6).toBeLessThan(6)
  expect(process.resourceUsage().maxRSS - memory).toBeLessThan(256 * 1024)
})
