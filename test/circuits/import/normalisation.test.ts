import { describe, expect, test } from 'vitest'
import { optimiseGraph } from '#circuits/graph/passes/optimise.js'
import { importOnnx } from '#circuits/import/import-model.js'
import { expectError } from '../../support/expect-error.js'
import {
  type AttributeValue,
  float,
  onnxModel,
  type TensorObject,
  tensor,
} from '../../support/onnx-builder.js'
import { runModel } from '../../support/run-model.js'

function layer(
  op: string,
  shape: readonly number[],
  attributes: Readonly<Record<string, AttributeValue>>,
  constants: Readonly<Record<string, TensorObject>>,
  opset = 18,
): Uint8Array {
  return onnxModel({
    opset,
    inputs: [{ name: 'x', shape }],
    outputs: ['y'],
    nodes: [{ op, inputs: ['x', ...Object.keys(constants)], outputs: ['y'], attributes }],
    initializers: constants,
  })
}

const epsilon = float(0.5)
/** 1/√(1 + 0.5): what a pair a distance of 2 apart is divided by. */
const one = Math.round(1e4 / Math.sqrt(1.5)) / 1e4
const vector = (...values: readonly number[]) => tensor([values.length], values)

describe('normalisation', () => {
  test('InstanceNormalization takes the statistics of each channel', () => {
    const constants = { scale: vector(1, 1), B: vector(0, 10) }
    const file = layer('InstanceNormalization', [1, 2, 2], { epsilon }, constants)
    expect(runModel(file, { x: [1, 3, 5, 7] }).data).toEqual([-one, one, 10 - one, 10 + one])
  })

  test('LayerNormalization takes those of the last axes', () => {
    const file = layer('LayerNormalization', [1, 2, 2], { epsilon }, { scale: vector(1, -1) })
    expect(runModel(file, { x: [1, 3, 7, 5] }).data).toEqual([-one, -one, one, one])
    const both = layer(
      'LayerNormalization',
      [1, 1, 2],
      { epsilon, axis: 1 },
      { scale: tensor([1, 2], [1, 1]), B: tensor([1, 2], [0, 1]) },
    )
    expect(runModel(both, { x: [1, 3] }).data).toEqual([-one, 1 + one])
  })

  test('GroupNormalization takes those of groups, with scales of groups before opset 21', () => {
    const x = [1, 3, 5, 7]
    const attributes = { epsilon, num_groups: 2 }
    const groups = layer('GroupNormalization', [1, 4, 1], attributes, { s: vector(1, 2), b: vector(0, 0) })
    expect(runModel(groups, { x }).data[3]).toBeCloseTo(2 * one, 3)
    const channels = layer(
      'GroupNormalization',
      [1, 4, 1],
      attributes,
      { s: vector(1, 2, 3, 4), b: vector(0, 0, 0, 1) },
      21,
    )
    expect(runModel(channels, { x }).data[3]).toBeCloseTo(4 * one + 1, 3)
  })

  test.each([
    { p: 1, data: [-0.75, 0.25, 0, 0] },
    { p: 2, data: [-0.9487, 0.3162, 0, 0] },
  ])('LpNormalization divides by the norm of p $p, zeros stay zero', ({ p, data }) => {
    expect(runModel(layer('LpNormalization', [2, 2], { p }, {}), { x: [-3, 1, 0, 0] }).data).toEqual(data)
  })

  test('the form in which exporters spell LayerNormalization has one look-up for each row', () => {
    const step = (op: string, inputs: readonly string[], output: string) => ({
      op,
      inputs,
      outputs: [output],
    })
    const file = onnxModel({
      opset: 13,
      inputs: [{ name: 'x', shape: [1, 2, 3] }],
      outputs: ['y'],
      nodes: [
        { ...step('ReduceMean', ['x'], 'm'), attributes: { axes: [-1] } },
        step('Sub', ['x', 'm'], 'c'),
        step('Pow', ['c', 'two'], 's'),
        { ...step('ReduceMean', ['s'], 'v'), attributes: { axes: [-1] } },
        step('Add', ['v', 'e'], 'a'),
        step('Sqrt', ['a'], 'd'),
        step('Div', ['c', 'd'], 'y'),
      ],
      initializers: { two: tensor([], [2]), e: tensor([], [1e-5]) },
    })
    expect(runModel(file, { x: [1, 2, 3, 10, 20, 30] }).data).toEqual([
      -1.2247, 0, 1.2247, -1.2247, 0, 1.2247,
    ])
    const functions = optimiseGraph(importOnnx(file)).nodes.flatMap((node) =>
      node.kind === 'elementwise' ? node.functions : [],
    )
    expect(functions.map(({ name }) => name)).toEqual(['reciprocalSqrt'])
  })

  test('statistics as outputs are unsupported, lengths that do not fit are refused', () => {
    const file = onnxModel({
      opset: 17,
      inputs: [{ name: 'x', shape: [1, 2] }],
      outputs: ['y', 'mean'],
      nodes: [{ op: 'LayerNormalization', inputs: ['x', 's'], outputs: ['y', 'mean'] }],
      initializers: { s: vector(1, 1) },
    })
    expectError('UNSUPPORTED_OPERATOR', () => importOnnx(file), /second output "mean"/)
    const short = layer('InstanceNormalization', [1, 2, 2], {}, { s: vector(1), b: vector(0) })
    expectError('INVALID_ONNX', () => importOnnx(short), /needs 2 numbers/)
  })
})
