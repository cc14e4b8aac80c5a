import { describe, expect, test } from 'vitest'
import { freezeGraph } from '#circuits/graph/freeze.js'
import type { Graph, GraphNode } from '#circuits/graph/graph.js'
import { verifyGraph } from '#circuits/graph/verify.js'
import { expectError } from '../../support/expect-error.js'
import { floatTensor, graphOf } from '../../support/graph-builder.js'

const weight = floatTensor([3, 2], [1, 2, 3, 4, 5, 6])
const window = { kernel: [2, 2], strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1] } as const

function twoLayers(): Graph {
  return graphOf(
    [1, 2],
    [
      { kind: 'dense', input: 'x', output: 'h', weight, bias: null },
      { kind: 'relu', input: 'h', output: 'y' },
    ],
  )
}

/** The two layers with another first node. */
function withFirst(change: object): Graph {
  const graph = twoLayers()
  const [first, second] = graph.nodes as readonly [GraphNode, GraphNode]
  return { ...graph, nodes: [{ ...first, ...change } as GraphNode, second] }
}

test('a sound graph passes', () => {
  expect(() => verifyGraph(twoLayers())).not.toThrow()
})

describe('a graph is refused', () => {
  const sound = twoLayers()
  test.each([
    ['nodes out of order', { ...sound, nodes: sound.nodes.toReversed() }, /reads "h" before/],
    ['a value made twice', { ...sound, nodes: [...sound.nodes, ...sound.nodes] }, /defined twice/],
    [
      'a wrong shape',
      { ...sound, shapes: new Map([...sound.shapes, ['h', [1, 4]]]) },
      /declared \[1, 4\] but is/,
    ],
    ['a shape of nothing', { ...sound, shapes: new Map([...sound.shapes, ['z', [1]]]) }, /does not have/],
    ['no shape', { ...sound, shapes: new Map() }, /has no shape/],
    ['no input', { ...sound, inputs: [], nodes: [], outputs: [], shapes: new Map() }, /no input/],
    ['no output', { ...sound, outputs: [] }, /no output/],
    ['an unknown output', { ...sound, outputs: [{ name: 'z', shape: [1] }] }, /made by no node/],
    ['an output of another shape', { ...sound, outputs: [{ name: 'y', shape: [3] }] }, /not \[3\]/],
    [
      'a NaN weight',
      withFirst({ weight: floatTensor([3, 2], [1, 2, 3, Number.NaN, 5, 6]) }),
      /NaN at index 3/,
    ],
    ['a weight of missing elements', withFirst({ weight: floatTensor([3, 2], [1, 2]) }), /holds 2 numbers/],
    ['a bias of another length', withFirst({ bias: floatTensor([2], [1, 2]) }), /2 biases for 3 outputs/],
    [
      'a weight of another rank',
      withFirst({ weight: floatTensor([6], [1, 2, 3, 4, 5, 6]) }),
      /invalid shape/,
    ],
  ] as const)('for %s', (_, graph, message) => {
    expectError('INVALID_GRAPH', () => verifyGraph(graph as Graph), message)
  })

  test('for a window that is no window', () => {
    const pool = (change: object): Graph =>
      graphOf([1, 1, 4, 4], [{ kind: 'maxPool', input: 'x', output: 'y', window: { ...window, ...change } }])
    const spoilt = (change: object): Graph => {
      const graph = pool({})
      const [node] = graph.nodes as readonly [GraphNode]
      return { ...graph, nodes: [{ ...node, window: { ...window, ...change } } as GraphNode] }
    }
    expectError('INVALID_GRAPH', () => verifyGraph(spoilt({ strides: [0, 1] })), /stride/)
    expectError('INVALID_GRAPH', () => verifyGraph(spoilt({ pads: [-1, 0, 0, 0] })), /pad/)
    expectError('INVALID_GRAPH', () => verifyGraph(spoilt({ kernel: [1.5, 1] })), /kernel/)
    expectError('UNSUPPORTED_SHAPE', () => pool({ kernel: [5, 5] }), /larger than its padded input/)
  })

  test('for a softmax that is not last', () => {
    const graph = graphOf(
      [1, 2],
      [
        { kind: 'softmax', input: 'x', output: 's', axis: 1, axisEnd: 2 },
        { kind: 'relu', input: 's', output: 'y' },
      ],
    )
    expectError('INVALID_GRAPH', () => verifyGraph(graph), /not the last node/)
  })
})

test('nodes are frozen, down to their windows', () => {
  const graph = freezeGraph(
    graphOf([1, 1, 4, 4], [{ kind: 'maxPool', input: 'x', output: 'y', window: { ...window } }]),
  )
  const [node] = graph.nodes as readonly [GraphNode & { window: { kernel: number[] } }]
  expect(() => node.window.kernel.push(1)).toThrow(TypeError)
  expect(() => Object.assign(node, { input: 'z' })).toThrow(TypeError)
})
