import { describe, expect, test } from 'vitest'
import type { Graph } from '#circuits/graph/graph.js'
import { interpretGraph } from '#circuits/graph/interpret.js'
import { dropNoOps } from '#circuits/graph/passes/drop-no-ops.js'
import { expandSoftmax } from '#circuits/graph/passes/expand-softmax.js'
import { verifyGraph } from '#circuits/graph/verify.js'
import { floatTensor, graphOf } from '../../support/graph-builder.js'
import { feed, ramp } from '../../support/run-model.js'

const kinds = (graph: Graph): readonly string[] => graph.nodes.map(({ kind }) => kind)
const softmax = (axis: number, axisEnd: number, output = 's') =>
  ({ kind: 'softmax', input: 'x', output, axis, axisEnd }) as const

/** Runs the pass and compares outputs on a row that rises and one that alternates, within 1e-6. */
function expanded(graph: Graph): Graph {
  const result = dropNoOps(expandSoftmax(graph))
  verifyGraph(result)
  const size = graph.inputs[0]!.shape.reduce((product, length) => product * length, 1)
  for (const values of [ramp(size, -3, 0.37), ramp(size, 0, 1).map((value) => ((value * 7) % 5) - 2)]) {
    const inputs = feed(graph, { x: values })
    const [before, after] = [interpretGraph(graph, inputs), interpretGraph(result, inputs)]
    for (const [name, tensor] of before) {
      const other = after.get(name)!
      expect(other.shape).toEqual(tensor.shape)
      for (const [index, value] of tensor.data.entries()) {
        expect(Math.abs(other.data[index]! - value)).toBeLessThan(1e-6)
      }
    }
  }
  return result
}

describe('expandSoftmax', () => {
  test.each([
    { shape: [2, 5], axis: 1, axisEnd: 2 },
    { shape: [2, 3, 4], axis: 1, axisEnd: 2 },
    { shape: [2, 3, 2, 2], axis: 1, axisEnd: 4 },
    { shape: [3, 2], axis: 0, axisEnd: 1 },
    { shape: [4], axis: 0, axisEnd: 1 },
    { shape: [1, 1], axis: 1, axisEnd: 2 },
  ])('computes a softmax over $shape, axes $axis to $axisEnd, in steps', ({ shape, axis, axisEnd }) => {
    const graph = graphOf(shape, [
      softmax(axis, axisEnd),
      {
        kind: 'multiplyConstant',
        input: 's',
        output: 'y',
        constant: floatTensor(shape, ramp(shape.reduce((a, b) => a * b, 1))),
      },
    ])
    const result = expanded(graph)
    expect(kinds(result)).not.toContain('softmax')
    expect(kinds(result)).toContain('multiply')
  })

  test.each([1, 2])('computes a logarithm of a softmax along axis %i in steps', (axis) => {
    const node = { ...softmax(axis, axis + 1), logarithm: true } as const
    const graph = graphOf([2, 3, 2], [node, { kind: 'relu', input: 's', output: 'r' }], ['r', 's'])
    expect(kinds(expanded(graph))).not.toContain('softmax')
  })

  test('leaves a softmax that nothing reads', () => {
    expect(kinds(expanded(graphOf([1, 3], [softmax(1, 2, 'y')])))).toEqual(['softmax'])
  })

  test('lets an argMax read what the softmax reads', () => {
    const argMax = {
      kind: 'argMax',
      input: 's',
      output: 'y',
      axis: 1,
      keepAxis: true,
      selectLast: false,
    } as const
    expect(kinds(expanded(graphOf([1, 3], [softmax(1, 2), argMax])))).toEqual(['argMax'])
    const both = expanded(graphOf([1, 3], [softmax(1, 2), argMax], ['s', 'y']))
    expect(kinds(both).toSorted()).toEqual(['argMax', 'softmax'])
    const other = { ...argMax, axis: 0 }
    expect(kinds(expanded(graphOf([2, 3], [softmax(1, 2), other])))).toContain('elementwise')
  })

  test('moves a softmax behind reshapes that keep its axes', () => {
    const reshape = { kind: 'reshape', input: 's', output: 'y', shape: [3, 1] } as const
    const flat = expanded(graphOf([1, 3, 1, 1], [softmax(1, 2), { ...reshape, shape: [1, 3] }]))
    expect(kinds(flat)).toEqual(['reshape', 'softmax'])
    const mixed = expanded(graphOf([2, 3], [softmax(1, 2), { ...reshape, shape: [3, 2] }]))
    expect(kinds(mixed)).toContain('elementwise')
  })
})
