import { describe, expect, test } from 'vitest'
import { importOnnx } from '#circuits/import/import-model.js'
import { defaultLimits } from '#circuits/import/limits.js'
import { expectError } from '../../support/expect-error.js'
import { integers, onnxModel, tensor } from '../../support/onnx-builder.js'
import { plainModel } from '../../support/plain-model.js'
import { field, initializerOf } from '../../support/wire-format.js'

/** Milliseconds: what takes tens of them on an idle machine, on a busy one; a bomb that goes off takes minutes. */
const busy = 10_000

describe('bombs', () => {
  const cases: readonly (readonly [string, () => Uint8Array])[] = [
    ['16 MB of packed integers', () => initializerOf(7, 2 ** 24, 1)],
    ['48 MB of packed floats', () => initializerOf(4, 48 * 2 ** 20, 0)],
    ['a million empty nodes', () => repeated([1 * 8 + 2, 0])],
    ['a million empty initializers', () => repeated([5 * 8 + 2, 0])],
    ['a million empty inputs', () => repeated([11 * 8 + 2, 0])],
    ['a million unpacked dimensions', () => field(7, field(5, cycle([8, 1], 10 ** 6)))],
    ['a file of 65 MB', () => new Uint8Array(65 * 2 ** 20)],
    ['a thousand levels of subgraphs', () => nested(1000)],
  ]

  function cycle(unit: readonly number[], count: number): Uint8Array {
    return Uint8Array.from({ length: unit.length * count }, (_, index) => unit[index % unit.length]!)
  }

  function repeated(unit: readonly number[]): Uint8Array {
    return field(7, cycle(unit, 10 ** 6))
  }

  function nested(levels: number): Uint8Array {
    let graph = new Uint8Array(0)
    for (let level = 0; level < levels; level++) graph = Uint8Array.from(field(1, field(5, field(6, graph))))
    return field(7, graph)
  }

  test.each(cases)('%s is too large, told quickly and without building it', (_, make) => {
    const bytes = make()
    const [before, start] = [process.memoryUsage().rss, performance.now()]
    expectError('MODEL_TOO_LARGE', () => importOnnx(bytes))
    expect(performance.now() - start).toBeLessThan(busy)
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 2 ** 20)
  })

  test.each([
    ['a small weight spread over a huge input', [1, 1, 60000, 60000], 'Add'],
    ['a rank of a thousand', new Array<number>(1000).fill(1), 'Add'],
    ['a pad of a million rows', [1, 1, 2000, 2000], 'Pad'],
  ])('%s is too large', (_, shape, op) => {
    const constant = op === 'Pad' ? integers(0, 0, 2 ** 20, 2 ** 20, 0, 0, 0, 0) : tensor([1], [1])
    const nodes = [{ op, inputs: ['x', 'c'], outputs: ['y'] }]
    const file = onnxModel({
      inputs: [{ name: 'x', shape }],
      outputs: ['y'],
      nodes,
      initializers: { c: constant },
    })
    expectError('MODEL_TOO_LARGE', () => importOnnx(file))
  })

  test('one weight used by thousands of nodes counts each time', () => {
    const nodes = Array.from({ length: 3000 }, (_, index) => ({
      op: 'MatMul',
      inputs: [index === 0 ? 'x' : `v${index - 1}`, 'W'],
      outputs: [index === 2999 ? 'y' : `v${index}`],
    }))
    const W = tensor([64, 64], new Array(4096).fill(0))
    const file = onnxModel({
      inputs: [{ name: 'x', shape: [1, 64] }],
      outputs: ['y'],
      nodes,
      initializers: { W },
    })
    expectError('MODEL_TOO_LARGE', () => importOnnx(file), /tensor elements/)
  })

  test('layers over constants alone are not computed without end', () => {
    const nodes = [
      { op: 'MatMul', inputs: ['A', 'W'], outputs: ['c'] },
      { op: 'Add', inputs: ['x', 'c'], outputs: ['y'] },
    ]
    const square = { dims: [1000, 1000], dataType: 1, rawData: new Uint8Array(4 * 10 ** 6) }
    const initializers = { A: square, W: square }
    const file = onnxModel({ inputs: [{ name: 'x', shape: [1] }], outputs: ['y'], nodes, initializers })
    expectError('MODEL_TOO_LARGE', () => importOnnx(file), /multiplications of constants/)
  })

  test('thousands of outputs that dropped nodes name take no longer', () => {
    const count = 4000
    const nodes = Array.from({ length: count }, (_, index) => [
      { op: 'Relu', inputs: ['x'], outputs: [`r${index}`] },
      { op: 'Identity', inputs: [`r${index}`], outputs: [`y${index}`] },
    ]).flat()
    const outputs = Array.from({ length: count }, (_, index) => `y${index}`)
    const start = performance.now()
    const graph = importOnnx(onnxModel({ inputs: [{ name: 'x', shape: [1] }], outputs, nodes }))
    expect(performance.now() - start).toBeLessThan(busy)
    expect(graph.nodes).toHaveLength(count)
  })

  test.each([
    { op: 'Tile', constants: [integers(2 ** 20, 2 ** 20)], message: /tensor elements/ },
    { op: 'Expand', constants: [integers(2 ** 24, 1)], message: /tensor elements/ },
    { op: 'Pad', constants: [integers(0, 2 ** 30, 0, 2 ** 30)], message: /tensor elements/ },
    {
      op: 'Gather',
      constants: [tensor([2 ** 20], new Array(2 ** 20).fill(0), { type: 'int64' })],
      message: /tensor elements/,
    },
    { op: 'Sum', constants: [], more: 20_000, message: /more than 10000 nodes/ },
  ])('$op that makes much of little is refused', ({ op, constants, more = 0, message }) => {
    const names = constants.map((_, index) => `c${index}`)
    const file = onnxModel({
      inputs: [{ name: 'x', shape: [1, 12] }],
      outputs: ['y'],
      nodes: [{ op, inputs: ['x', ...names, ...new Array<string>(more).fill('x')], outputs: ['y'] }],
      initializers: Object.fromEntries(constants.map((each, index) => [names[index]!, each])),
    })
    expectError('MODEL_TOO_LARGE', () => importOnnx(file), message)
  })

  test('limits can be raised and lowered', () => {
    expectError(
      'MODEL_TOO_LARGE',
      () => importOnnx(onnxModel(plainModel), { ...defaultLimits, bytes: 20 }),
      /20 bytes/,
    )
    expectError('MODEL_TOO_LARGE', () => importOnnx(onnxModel(plainModel), { ...defaultLimits, elements: 3 }))
    expectError(
      'MODEL_TOO_LARGE',
      () => importOnnx(onnxModel(plainModel), { ...defaultLimits, steps: 3 }),
      /multiplications/,
    )
  })
})
