import { describe, expect, test } from 'vitest'
import { interpretGraph } from '#circuits/graph/interpret.js'
import { optimiseGraph } from '#circuits/graph/passes/optimise.js'
import { importOnnx } from '#circuits/import/import-model.js'
import { type OnnxNode, onnxModel, tensor } from '../../support/onnx-builder.js'
import { feed, ramp } from '../../support/run-model.js'

/** "Mul a b > y" as a node. */
function node(text: string): OnnxNode {
  const [op, ...words] = text.split(' ')
  const arrow = words.indexOf('>')
  return { op: op!, inputs: words.slice(0, arrow), outputs: words.slice(arrow + 1) }
}

const numbers: Readonly<Record<string, number>> = {
  zero: 0,
  half: 0.5,
  one: 1,
  three: 3,
  six: 6,
  minusOne: -1,
  root: Math.SQRT2,
  cubic: 0.044715,
  slope: Math.sqrt(2 / Math.PI),
  quick: 1.702,
}

/** The functions that are left after the passes; outputs stay within 1e-5. */
function recognised(lines: readonly string[], outputs: readonly string[] = ['y']): readonly string[] {
  const used = new Set(lines.flatMap((line) => line.split(' ')))
  const initializers = Object.fromEntries(
    Object.entries(numbers)
      .filter(([name]) => used.has(name))
      .map(([name, value]) => [name, tensor([], [value])]),
  )
  const inputs = [{ name: 'x', shape: [1, 41] }]
  const graph = importOnnx(onnxModel({ opset: 13, inputs, outputs, nodes: lines.map(node), initializers }))
  const optimised = optimiseGraph(graph)
  const rows = feed(graph, { x: ramp(41, -10, 0.5) })
  const [before, after] = [interpretGraph(graph, rows), interpretGraph(optimised, rows)]
  for (const [name, { data }] of before) {
    for (const [index, value] of data.entries()) {
      expect(Math.abs(after.get(name)!.data[index]! - value)).toBeLessThan(1e-5)
    }
  }
  return optimised.nodes.map((each) => (each.kind === 'elementwise' ? each.functions[0]!.name : each.kind))
}

describe('activations that exporters spell out become one function', () => {
  test.each([
    ['swish', ['Sigmoid x > s', 'Mul x s > y']],
    ['swish', ['Sigmoid x > s', 'Mul s x > y']],
    ['swish', ['Mul x quick > q', 'Sigmoid q > s', 'Mul x s > y']],
    ['gelu', ['Div x root > a', 'Erf a > b', 'Add b one > c', 'Mul x c > d', 'Mul d half > y']],
    ['gelu', ['Mul x half > h', 'Div x root > a', 'Erf a > b', 'Add one b > c', 'Mul h c > y']],
    [
      'geluTanh',
      [
        'Pow x three > p',
        'Mul p cubic > q',
        'Add x q > r',
        'Mul r slope > s',
        'Tanh s > t',
        'Add t one > u',
        'Mul x half > h',
        'Mul h u > y',
      ],
    ],
    ['hardSwish', ['Add x three > a', 'Clip a zero six > b', 'Mul x b > c', 'Div c six > y']],
    ['mish', ['Softplus x > a', 'Tanh a > b', 'Mul x b > y']],
    ['mish', ['Exp x > a', 'Add a one > b', 'Log b > c', 'Tanh c > d', 'Mul x d > y']],
    ['softsign', ['Abs x > a', 'Add a one > b', 'Div x b > y']],
    ['sigmoid', ['Neg x > a', 'Exp a > b', 'Add b one > c', 'Reciprocal c > y']],
  ])('%s from %j', (name, lines) => {
    expect(recognised(lines)).toEqual([name])
  })
})

describe('what is left as it is', () => {
  test('a product that is no known function', () => {
    expect(recognised(['Tanh x > s', 'Mul x s > y'])).toEqual(['tanh', 'multiply'])
    expect(recognised(['Sigmoid x > s', 'Mul s s > y'])).toEqual(['sigmoid', 'multiply'])
  })

  test('a part that is an output', () => {
    const lines = ['Sigmoid x > s', 'Mul x s > y']
    expect(recognised(lines, ['s', 'y'])).toEqual(['sigmoid', 'swish'])
  })

  test('a gate of another value', () => {
    const lines = ['Tanh x > t', 'Sigmoid x > s', 'Mul t s > y']
    expect(recognised(lines)).toEqual(['tanh', 'sigmoid', 'multiply'])
  })

  test('a clip far out', () => {
    const numbersOfClip = ['Sigmoid x > s', 'Mul x s > a', 'Min a six > y']
    expect(recognised(numbersOfClip)).toEqual(['swish', 'clip'])
  })

  test('hundreds of products of a value with itself', () => {
    const lines = Array.from({ length: 300 }, (_, index) => `Mul v${index} v${index} > v${index + 1}`)
    const chain = ['Sigmoid x > v0', ...lines, 'Identity v300 > y']
    expect(recognised(chain)).toHaveLength(301)
  })
})
