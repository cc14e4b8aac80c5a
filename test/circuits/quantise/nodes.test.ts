import { describe, expect, test } from 'vitest'
import type { Graph, ScalarFunction } from '#circuits/graph/graph.js'
import { interpretGraph } from '#circuits/graph/interpret.js'
import { infer } from '#prover/inference/infer.js'
import { floatTensor, graphOf } from '../../support/graph-builder.js'
import { addNode, argMaxNode, convNode, denseNode, reluNode, weightsOf } from '../../support/layer-nodes.js'
import { quantised } from '../../support/quantised.js'

const kindsOf = (graph: Graph, low = -1) => quantised(graph, { low }).model.layers.map(({ kind }) => kind)
const elementwise = (input: string, output: string, ...functions: ScalarFunction[]) =>
  ({ kind: 'elementwise', input, output, functions }) as const
const clip = (input: string, output: string, low: number | null, high: number | null) =>
  ({ kind: 'clip', input, output, low, high }) as const
const multiply = (left: string, right: string, output: string) =>
  ({ kind: 'multiply', inputs: [left, right], output }) as const
const matMul = (left: string, right: string, output: string) =>
  ({ kind: 'matMul', inputs: [left, right], output }) as const
const reshape = (input: string, output: string, shape: readonly number[]) =>
  ({ kind: 'reshape', input, output, shape }) as const
const image = [1, 2, 4, 4]

function expectClose(graph: Graph, share: number, low = -1, bits = 8): void {
  const { error, range } = quantised(graph, { low, bits })
  expect(error).toBeLessThanOrEqual(share * range)
}

describe('functions', () => {
  const dense = { ...denseNode('x', 'a', [6, 5]), weight: weightsOf([6, 5], 2) }

  test.each([
    ['sigmoid', []],
    ['tanh', []],
    ['exp', []],
    ['leakyRelu', [0.1]],
    ['gelu', []],
    ['hardSwish', []],
    ['softplus', []],
  ] as const)('%s is one table, close to the float model', (name, parameters) => {
    const graph = graphOf([1, 5], [dense, elementwise('a', 'y', { name, parameters })])
    expect(kindsOf(graph)).toEqual(['dense', 'table'])
    expectClose(graph, 0.03)
    expectClose(graph, 0.006, -1, 12)
  })

  test.each(['reciprocal', 'reciprocalSqrt', 'sqrt', 'log'] as const)('%s of positive sums', (name) => {
    const positive = [clip('a', 'b', 0, null), reshape('b', 'c', [1, 6])]
    const constant = floatTensor([1, 6], [0.5, 0.5, 0.5, 0.5, 0.5, 0.5])
    const graph = graphOf(
      [1, 5],
      [
        dense,
        ...positive,
        { kind: 'addConstant', input: 'c', output: 'd', constant },
        elementwise('d', 'y', { name, parameters: [] }),
      ],
    )
    expectClose(graph, 0.04)
    expectClose(graph, 0.01, -1, 12)
  })

  test('differ by channel where the node says so', () => {
    const functions = [0.1, 0.5].map((slope) => ({ name: 'leakyRelu', parameters: [slope] }) as const)
    const graph = graphOf(image, [convNode('x', 'a', 2, 2), elementwise('a', 'y', ...functions)])
    const { model, error, range } = quantised(graph, { low: -1 })
    expect(model.layers.at(-1)).toMatchObject({ kind: 'table', channelAxis: 1, tables: { length: 2 } })
    expect(error).toBeLessThanOrEqual(0.02 * range)
  })

  test('one after the other, and beside a relu or clip, are one table', () => {
    const sigmoid = { name: 'sigmoid', parameters: [] } as const
    const tanh = { name: 'tanh', parameters: [] } as const
    const two = graphOf([1, 5], [dense, elementwise('a', 'b', sigmoid), elementwise('b', 'y', tanh)])
    const beside = graphOf(
      [1, 5],
      [dense, reluNode('a', 'b'), elementwise('b', 'c', tanh), clip('c', 'y', 0.1, 0.8)],
    )
    for (const graph of [two, beside]) {
      expect(kindsOf(graph)).toEqual(['dense', 'table'])
      expectClose(graph, 0.04)
    }
  })

  test('stay apart where something else reads what lies between', () => {
    const tanh = { name: 'tanh', parameters: [] } as const
    const graph = graphOf(
      [1, 5],
      [dense, reluNode('a', 'b'), elementwise('b', 'c', tanh), addNode('b', 'c', 'y')],
    )
    expect(kindsOf(graph)).toEqual(['dense', 'rescale', 'table', 'combine'])
    expectClose(graph, 0.03)
  })

  test('end in the grid of a rounding that follows', () => {
    const tanh = { name: 'tanh', parameters: [] } as const
    const rounding = { kind: 'quantise', input: 'b', output: 'y', scale: 1 / 64, low: -64, high: 63 } as const
    const graph = graphOf([1, 5], [dense, elementwise('a', 'b', tanh), rounding])
    const { model } = quantised(graph, { low: -1 })
    expect(model.layers.map(({ kind }) => kind)).toEqual(['dense', 'table'])
    expect(model.outputs[0]!.scale).toBe(1 / 64)
    expectClose(graph, 0.05)
  })

  test('take the value of a neighbour where they have none', () => {
    const graph = graphOf([1, 5], [elementwise('x', 'y', { name: 'reciprocal', parameters: [] })])
    const { model } = quantised(graph, { low: -1 })
    const [table] = model.layers
    if (table?.kind !== 'table') throw new Error('no table')
    expect(table.tables[0]!.every(Number.isSafeInteger)).toBe(true)
  })
})

describe('clips', () => {
  test.each([
    [0, 0.5],
    [-0.25, 0.25],
    [null, 0.5],
    [-0.5, null],
    [0, 100],
  ])('from %s to %s', (low, high) => {
    const graph = graphOf(image, [convNode('x', 'a', 2, 2), clip('a', 'y', low, high)])
    expect(kindsOf(graph)).toEqual(['conv', 'rescale'])
    expectClose(graph, 0.04)
  })

  test('that are reached end exactly there', () => {
    const graph = graphOf(image, [convNode('x', 'a', 2, 2), clip('a', 'y', 0, 0.5)])
    const { model } = quantised(graph, { low: -1 })
    const [output] = model.outputs
    expect(model.tensors[output!.tensor]!.hi * output!.scale).toBeCloseTo(0.5, 6)
  })
})

describe('rounding that the model asks for', () => {
  test('takes the scale of the node', () => {
    const quantise = { kind: 'quantise', input: 'a', output: 'y', scale: 0.03, low: -128, high: 127 } as const
    const graph = graphOf(image, [convNode('x', 'a', 2, 2), quantise])
    const { model } = quantised(graph, { low: -1 })
    expect(model.outputs[0]!.scale).toBe(0.03)
    expectClose(graph, 0.05)
  })

  test('of an input is the grid of the input', () => {
    const quantise = { kind: 'quantise', input: 'x', output: 'a', scale: 0.01, low: -100, high: 27 } as const
    const graph = graphOf([1, 5], [quantise, denseNode('a', 'y', [3, 5])])
    const { model } = quantised(graph, { low: -1 })
    expect(model.inputs).toMatchObject([{ scales: [0.01], lows: [-100], bits: 7 }])
  })
})

describe('products', () => {
  test('of two values', () => {
    const graph = graphOf(
      [1, 5],
      [denseNode('x', 'a', [4, 5]), denseNode('x', 'b', [4, 5], 9), multiply('a', 'b', 'y')],
    )
    expectClose(graph, 0.02)
    expectClose(graph, 0.002, -1, 12)
  })

  test('of a value with itself, read by a linear layer', () => {
    const graph = graphOf(
      [1, 5],
      [denseNode('x', 'a', [4, 5]), multiply('a', 'a', 'b'), denseNode('b', 'y', [3, 4])],
    )
    expectClose(graph, 0.02)
  })

  test('with constants of one number, of one axis and of all', () => {
    for (const constant of [
      floatTensor([1, 2, 2, 2], new Array(8).fill(-0.3)),
      floatTensor([1, 2, 2, 2], [1, 1, 1, 1, -5, -5, -5, -5]),
      weightsOf([1, 2, 2, 2], 3),
    ]) {
      const scaled = { kind: 'multiplyConstant', input: 'a', output: 'y', constant } as const
      const graph = graphOf([1, 2, 2, 2], [convNode('x', 'a', 2, 2), scaled])
      expectClose(graph, 0.02)
    }
  })

  test('of matrices, in stacks', () => {
    const left = reshape('a', 'l', [2, 3, 4])
    const right = reshape('b', 'r', [2, 4, 3])
    const graph = graphOf(
      [1, 6],
      [denseNode('x', 'a', [24, 6]), denseNode('x', 'b', [24, 6], 5), left, right, matMul('l', 'r', 'y')],
    )
    expectClose(graph, 0.02)
  })
})

describe('index maps', () => {
  test('gather with a filling', () => {
    const indices = Int32Array.of(3, -1, 0, 0)
    const gather = { kind: 'gather', input: 'a', output: 'y', shape: [2, 2], indices, fill: 0.5 } as const
    expectClose(graphOf([1, 5], [denseNode('x', 'a', [4, 5]), gather]), 0.02)
  })

  test('branches joined before weights keep their scales', () => {
    const big = { ...convNode('x', 'a', 2, 2), weight: weightsOf([2, 2, 3, 3], 20) }
    const concat = { kind: 'concat', inputs: ['c', 'd'], output: 'e', axis: 1 } as const
    const graph = graphOf(image, [
      big,
      convNode('x', 'b', 1, 2, 4),
      reluNode('a', 'c'),
      reluNode('b', 'd'),
      concat,
      convNode('e', 'y', 2, 3),
    ])
    expect(kindsOf(graph)).toEqual(['conv', 'rescale', 'conv', 'rescale', 'reindex', 'conv'])
    expectClose(graph, 0.02)
  })

  test('branches joined before anything else are brought to one', () => {
    const concat = { kind: 'concat', inputs: ['a', 'b', 'x'], output: 'y', axis: 1 } as const
    const graph = graphOf([1, 5], [denseNode('x', 'a', [4, 5]), denseNode('x', 'b', [2, 5], 5), concat])
    expectClose(graph, 0.02)
  })
})

describe('selections', () => {
  test('the largest along any axis', () => {
    for (const [axis, keepAxis] of [
      [1, true],
      [2, false],
      [3, true],
    ] as const) {
      const graph = graphOf([1, 3, 4, 5], [{ ...argMaxNode('x', 'y'), axis, keepAxis }])
      const { model, rows } = quantised(graph, { low: -1, bits: 12 })
      for (const row of rows) {
        expect(infer(model, row).outputs.y).toEqual(Array.from(interpretGraph(graph, row).get('y')!.data))
      }
    }
  })

  test('values and indices of the largest share one selection', () => {
    const topK = (part: 'values' | 'indices', output: string) =>
      ({ kind: 'topK', input: 'a', output, count: 3, part }) as const
    const graph = graphOf(
      [2, 5],
      [denseNode('x', 'a', [7, 5]), topK('values', 'v'), topK('indices', 'i')],
      ['v', 'i'],
    )
    const { model, rows } = quantised(graph, { low: -1, bits: 12 })
    expect(model.layers.filter(({ kind }) => kind === 'topK').length).toBe(1)
    for (const row of rows) {
      const [exact, answer] = [interpretGraph(graph, row), infer(model, row).outputs]
      expect(answer.i).toEqual(Array.from(exact.get('i')!.data))
      exact.get('v')!.data.forEach((value, at) => {
        expect(Math.abs(answer.v![at]! - value)).toBeLessThan(0.01)
      })
    }
  })

  test('of equal elements the lowest index is the larger', () => {
    const same = {
      kind: 'gather',
      input: 'x',
      output: 'a',
      shape: [1, 4],
      indices: Int32Array.of(0, 1, 0, 1),
      fill: 0,
    } as const
    const topK = { kind: 'topK', input: 'a', output: 'y', count: 4, part: 'indices' } as const
    const graph = graphOf([1, 2], [same, topK])
    const { model, rows } = quantised(graph, { low: -1 })
    for (const row of rows) {
      expect(infer(model, row).outputs.y).toEqual(Array.from(interpretGraph(graph, row).get('y')!.data))
    }
  })
})

test('a sum of products of one unit stays as it is', () => {
  const graph = graphOf(
    [1, 4],
    [denseNode('x', 'a', [4, 4]), multiply('a', 'a', 'b'), addNode('b', 'b', 'c'), reluNode('c', 'y')],
  )
  expectClose(graph, 0.02)
})
