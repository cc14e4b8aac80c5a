import { expect, test } from 'vitest'
import type { GraphNode } from '#circuits/graph/graph.js'
import { interpretGraph } from '#circuits/graph/interpret.js'
import { mergeClips } from '#circuits/graph/passes/merge-clips.js'
import { verifyGraph } from '#circuits/graph/verify.js'
import { graphOf } from '../../support/graph-builder.js'
import { feed, ramp } from '../../support/run-model.js'

type Ends = readonly [number | null, number | null]

/** The ends that are left of one clip after another; a ReLU has the ends [0, null]. */
function merged(...ends: readonly Ends[]): readonly Ends[] {
  const nodes = ends.map(([low, high], index) => {
    const names = {
      input: index === 0 ? 'x' : `v${index}`,
      output: index === ends.length - 1 ? 'y' : `v${index + 1}`,
    }
    return low === 0 && high === null
      ? ({ kind: 'relu', ...names } as const)
      : ({ kind: 'clip', low, high, ...names } as const)
  })
  const graph = graphOf([1, 21], nodes)
  const result = mergeClips(graph)
  verifyGraph(result)
  const inputs = feed(graph, { x: ramp(21, -10, 1) })
  expect(interpretGraph(result, inputs).get('y')).toEqual(interpretGraph(graph, inputs).get('y'))
  return result.nodes.map(
    (node: GraphNode): Ends => (node.kind === 'clip' ? [node.low, node.high] : [0, null]),
  )
}

test.each<{ ends: Ends[]; left: Ends }>([
  {
    ends: [
      [0, null],
      [null, 6],
    ],
    left: [0, 6],
  },
  {
    ends: [
      [null, 6],
      [0, null],
    ],
    left: [0, 6],
  },
  {
    ends: [
      [-3, 3],
      [-5, 2],
    ],
    left: [-3, 2],
  },
  {
    ends: [
      [0, null],
      [0, null],
    ],
    left: [0, null],
  },
  {
    ends: [
      [5, 8],
      [-2, 3],
    ],
    left: [3, 3],
  },
  {
    ends: [
      [-8, -5],
      [0, null],
    ],
    left: [0, 0],
  },
  {
    ends: [
      [-9, null],
      [0, null],
      [null, 7],
      [1, 20],
    ],
    left: [1, 7],
  },
])('clips $ends are one clip $left', ({ ends, left }) => {
  expect(merged(...ends)).toEqual([left])
})

test('a clip that something else reads stays', () => {
  const graph = graphOf(
    [1, 4],
    [
      { kind: 'relu', input: 'x', output: 'r' },
      { kind: 'clip', input: 'r', output: 'c', low: null, high: 6 },
      { kind: 'add', inputs: ['r', 'c'], output: 'y' },
    ],
  )
  expect(mergeClips(graph).nodes.map(({ kind }) => kind)).toEqual(['relu', 'clip', 'add'])
})
