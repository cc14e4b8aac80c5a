import { describe, expect, test } from 'vitest'
import { sizeOf } from '#circuits/graph/graph.js'
import { interpretGraph } from '#circuits/graph/interpret.js'
import type { OutputMode } from '#circuits/quantise/options.js'
import { quantiseGraph } from '#circuits/quantise/quantise.js'
import { infer } from '#prover/inference/infer.js'
import { expectError } from '../../support/expect-error.js'
import { graphOf } from '../../support/graph-builder.js'
import { argMaxNode, denseNode, reluNode } from '../../support/layer-nodes.js'
import { randomRows } from '../../support/random-graph.js'

const scores = denseNode('x', 'y', [5, 12])
const sigmoid = { kind: 'elementwise', functions: [{ name: 'sigmoid', parameters: [] }] } as const
const rows = (shape: readonly number[]) => randomRows(graphOf(shape, [reluNode('x', 'y')]), 3, 40, -1)

function answers(graph: ReturnType<typeof graphOf>, output: OutputMode, bits = 12) {
  const data = rows(graph.inputs[0]!.shape)
  const model = quantiseGraph(graph, data, { bits, output })
  return { model, rows: data, results: data.map((row) => infer(model, row)) }
}

describe('topk', () => {
  test('gives the indices of the largest scores, best first, and nothing else', () => {
    const graph = graphOf([1, 12], [scores])
    const { model, rows, results } = answers(graph, 'topk:3')
    expect(model.outputs).toMatchObject([
      { name: 'y', shape: [1, 3], scale: 1, meaning: { kind: 'classes' } },
    ])
    rows.forEach((row, at) => {
      const exact = Array.from(interpretGraph(graph, row).get('y')!.data)
      const order = exact.map((_, index) => index).sort((a, b) => exact[b]! - exact[a]!)
      expect(results[at]!.integers.y).toEqual(order.slice(0, 3))
      expect(results[at]!.label).toBe(order[0])
    })
  })

  test('of more than there are scores is refused', () => {
    expectError('USAGE', () => answers(graphOf([1, 12], [scores]), 'topk:6'))
  })
})

describe('threshold', () => {
  test.each([-0.5, 0, 0.25])('gives one bit for each element: at least %d', (bound) => {
    const graph = graphOf([1, 12], [scores])
    const { model, rows, results } = answers(graph, `threshold:${bound}`)
    expect(model.outputs).toMatchObject([
      { name: 'y', shape: [1, 5], scale: 1, meaning: { kind: 'flags', threshold: bound } },
    ])
    expect(model.tensors[model.outputs[0]!.tensor]).toMatchObject({ lo: 0, hi: 1 })
    rows.forEach((row, at) => {
      interpretGraph(graph, row)
        .get('y')!
        .data.forEach((value, i) => {
          if (Math.abs(value - bound) > 0.02)
            expect(results[at]!.integers.y![i], `${value}`).toBe(Number(value >= bound))
        })
    })
  })

  test('compares integers exactly: the least that reaches the bound is the first that is flagged', () => {
    const graph = graphOf([1, 12], [scores])
    const data = rows([1, 12])
    const open = quantiseGraph(graph, data, { bits: 8, output: 'logits' })
    const { scale } = open.outputs[0]!
    for (const integer of [-17, 0, 23]) {
      const model = quantiseGraph(graph, data, { bits: 8, output: `threshold:${integer * scale}` })
      for (const row of data) {
        const values = infer(open, row).integers.y!
        expect(infer(model, row).integers.y).toEqual(values.map((value) => Number(value >= integer)))
      }
    }
  })

  test('before a closing Sigmoid needs no table', () => {
    const graph = graphOf([1, 12], [denseNode('x', 'a', [1, 12]), { ...sigmoid, input: 'a', output: 'y' }])
    const { model, rows, results } = answers(graph, 'threshold:0.3')
    expect(model.layers.map(({ kind }) => kind)).toEqual(['dense', 'combine', 'rescale'])
    expect(model.outputs[0]!.meaning).toEqual({ kind: 'flags', threshold: 0.3 })
    rows.forEach((row, at) => {
      const [value] = interpretGraph(graph, row).get('y')!.data as unknown as [number]
      if (Math.abs(value - 0.3) > 0.01) expect(results[at]!.label).toBe(Number(value >= 0.3))
    })
  })

  test.each([
    ['a bound that a Sigmoid never reaches', { ...sigmoid, input: 'a', output: 'y' }, 'threshold:1.5'],
    ['a Softmax', { kind: 'softmax', input: 'a', output: 'y', axis: 1, axisEnd: 2 }, 'threshold:0.5'],
    ['a bound out of reach', reluNode('a', 'y'), 'threshold:1000'],
    ['a class', argMaxNode('a', 'y'), 'threshold:1'],
  ] as const)('of %s is refused', (_, last, mode) => {
    expectError('USAGE', () => answers(graphOf([1, 12], [denseNode('x', 'a', [5, 12]), last]), mode))
  })
})

describe('argmax', () => {
  test('of scores in several axes counts through all of them', () => {
    const graph = graphOf([1, 4, 3], [reluNode('x', 'y')])
    const { model, rows, results } = answers(graph, 'argmax')
    expect(model.outputs).toMatchObject([{ shape: [1], meaning: { kind: 'class' } }])
    rows.forEach((row, at) => {
      const { data } = interpretGraph(graph, row).get('y')!
      expect(data[results[at]!.label!]).toBeCloseTo(Math.max(...data), 2)
    })
  })

  test('of several outputs is refused with a hint', () => {
    const graph = graphOf([1, 12], [denseNode('x', 'a', [5, 12]), reluNode('a', 'b')], ['a', 'b'])
    for (const mode of ['argmax', 'topk:2'] as const) expectError('USAGE', () => answers(graph, mode))
  })

  test('of a Softmax by rows is refused', () => {
    const softmax = { kind: 'softmax', input: 'x', output: 'y', axis: 2, axisEnd: 3 } as const
    expectError('UNSUPPORTED_SHAPE', () => answers(graphOf([1, 4, 3], [softmax]), 'argmax'))
  })
})

describe('what an output means', () => {
  test.each([
    ['a vector: scores', [scores], 'scores'],
    ['numbers after an activation: values', [denseNode('x', 'a', [5, 12]), reluNode('a', 'y')], 'values'],
    ['as long as the input: values', [denseNode('x', 'y', [12, 12])], 'values'],
    ['one number: values', [denseNode('x', 'y', [1, 12])], 'values'],
    ['ArgMax: a class', [denseNode('x', 'a', [5, 12]), argMaxNode('a', 'y')], 'class'],
  ] as const)('%s', (_, nodes, kind) => {
    const graph = graphOf([1, 12], nodes)
    const model = quantiseGraph(graph, rows([1, 12]), { bits: 8, output: 'logits' })
    expect(model.outputs[0]!.meaning.kind).toBe(kind)
    const { label } = infer(model, rows([1, 12])[0]!)
    if (kind === 'values') expect(label).toBeNull()
    else expect(label).toBeLessThan(sizeOf([5]))
  })
})
