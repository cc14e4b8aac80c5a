import { describe, expect, test } from 'vitest'
import { optimiseGraph } from '#circuits/graph/passes/optimise.js'
import { importOnnx } from '#circuits/import/import-model.js'
import { expectError } from '../../support/expect-error.js'
import { type AttributeValue, float, type OnnxNode, onnxModel } from '../../support/onnx-builder.js'
import { runModel } from '../../support/run-model.js'

const domain = 'ai.onnx.ml'
type Attributes = Readonly<Record<string, AttributeValue>>

function model(features: number, nodes: readonly OnnxNode[], outputs: readonly string[]): Uint8Array {
  return onnxModel({
    domains: { [domain]: 3 },
    inputs: [{ name: 'x', shape: ['N', features] }],
    outputs,
    nodes,
  })
}

const step = (op: string, input: string, outputs: readonly string[], attributes: Attributes): OnnxNode => ({
  op,
  domain,
  inputs: [input],
  outputs,
  attributes,
})

const kinds = (file: Uint8Array): readonly string[] =>
  optimiseGraph(importOnnx(file)).nodes.map(({ kind }) => kind)

describe('a logistic regression as scikit-learn exports it', () => {
  const nodes: readonly OnnxNode[] = [
    step('Scaler', 'x', ['s'], { offset: { floats: [1, 2] }, scale: { floats: [2, 0.5] } }),
    step('LinearClassifier', 's', ['label', 'raw'], {
      classlabels_ints: [0, 1],
      coefficients: { floats: [-1, -2, 1, 2] },
      intercepts: { floats: [-0.5, 0.5] },
      multi_class: 1,
      post_transform: 'LOGISTIC',
    }),
    step('Normalizer', 'raw', ['probabilities'], { norm: 'L1' }),
    step('ZipMap', 'probabilities', ['list'], { classlabels_int64s: [0, 1] }),
    { op: 'Cast', inputs: ['label'], outputs: ['class'], attributes: { to: 7 } },
  ]

  test('gives probabilities and class', () => {
    // z = 2·(x₀ − 1) + 2·0.5·(x₁ − 2) + 0.5
    const sigmoid = (z: number): number => Math.round(1e4 / (1 + Math.exp(-z))) / 1e4
    const { shape, data } = runModel(model(2, nodes, ['list']), { x: [1.5, 2.25] })
    expect({ shape, data }).toEqual({ shape: [1, 2], data: [sigmoid(-1.75), sigmoid(1.75)] })
    expect(runModel(model(2, nodes, ['class']), { x: [1.5, 2.25] }).data).toEqual([1])
    expect(runModel(model(2, nodes, ['class']), { x: [0, 0] }).data).toEqual([0])
  })

  test('leaves the probabilities outside of the circuit', () => {
    expect(kinds(model(2, nodes, ['list'])).slice(-2)).toEqual(['dense', 'softmax'])
    expect(kinds(model(2, nodes, ['class'])).at(-1)).toBe('argMax')
  })
})

describe('LinearClassifier', () => {
  const classifier = (attributes: Attributes, outputs: readonly string[] = ['label']): Uint8Array =>
    model(
      1,
      [
        step('LinearClassifier', 'x', ['label', 'scores'], {
          coefficients: { floats: [-1, 0, 1] },
          intercepts: { floats: [0, 0.5, 0] },
          ...attributes,
        }),
      ],
      outputs,
    )

  test('takes evenly spaced labels', () => {
    const run = (x: number) => runModel(classifier({ classlabels_ints: [5, 3, 1] }), { x: [x] }).data
    expect([run(-2), run(0), run(2)]).toEqual([[5], [3], [1]])
    const one = classifier({
      coefficients: { floats: [2] },
      intercepts: { floats: [-1] },
      classlabels_ints: [-1, 1],
    })
    expect([0.4, 0.5, 0.6].map((x) => runModel(one, { x: [x] }).data[0])).toEqual([-1, -1, 1])
  })

  test('gives no labels that are strings or unevenly spaced, but scores', () => {
    const strings = { classlabels_strings: { strings: ['a', 'b', 'c'] } }
    expectError('UNSUPPORTED_OPERATOR', () => importOnnx(classifier(strings)), /label as a string/)
    expect(runModel(classifier(strings, ['scores']), { x: [2] }).data).toEqual([-2, 0.5, 2])
    const uneven = classifier({ classlabels_ints: [0, 1, 7] })
    expectError('UNSUPPORTED_OPERATOR', () => importOnnx(uneven), /0, 1, 7 that are not evenly spaced/)
    const probit = classifier({ classlabels_ints: [0, 1, 2], post_transform: 'PROBIT' }, ['scores'])
    expectError('UNSUPPORTED_OPERATOR', () => importOnnx(probit), /PROBIT/)
  })
})

/** Attributes of trees, each a list of nodes: a decision [feature, threshold, yes, no] or a leaf. */
function trees(
  list: readonly (readonly (readonly [number, number, number, number] | null)[])[],
  mode: string,
): Attributes {
  const nodes = list.flatMap((tree, id) => tree.map((node, at) => ({ id, at, node })))
  return {
    nodes_treeids: nodes.map(({ id }) => id),
    nodes_nodeids: nodes.map(({ at }) => at),
    nodes_featureids: nodes.map(({ node }) => node?.[0] ?? 0),
    nodes_values: { floats: nodes.map(({ node }) => node?.[1] ?? 0) },
    nodes_modes: { strings: nodes.map(({ node }) => (node === null ? 'LEAF' : mode)) },
    nodes_truenodeids: nodes.map(({ node }) => node?.[2] ?? 0),
    nodes_falsenodeids: nodes.map(({ node }) => node?.[3] ?? 0),
  }
}

describe('TreeEnsembleRegressor', () => {
  const stump = (mode: string, more: Attributes = {}): Uint8Array =>
    model(
      2,
      [
        step('TreeEnsembleRegressor', 'x', ['y'], {
          ...trees([[[1, 0.5, 1, 2], null, null]], mode),
          target_treeids: [0, 0],
          target_nodeids: [1, 2],
          target_ids: [0, 0],
          target_weights: { floats: [10, 20] },
          ...more,
        }),
      ],
      ['y'],
    )

  test.each([
    { mode: 'BRANCH_LEQ', data: [10, 10, 20] },
    { mode: 'BRANCH_LT', data: [10, 20, 20] },
    { mode: 'BRANCH_GTE', data: [20, 10, 10] },
    { mode: 'BRANCH_GT', data: [20, 20, 10] },
  ])('$mode decides below, at and above a threshold', ({ mode, data }) => {
    const below = 0.5 - 2 ** -25
    expect([below, 0.5, 0.75].map((x) => runModel(stump(mode), { x: [9, x] }).data[0])).toEqual(data)
  })

  test('averages over trees and adds base values', () => {
    const file = stump('BRANCH_LEQ', {
      ...trees([[[1, 0.5, 1, 2], null, null], [null]], 'BRANCH_LEQ'),
      target_treeids: [0, 0, 1],
      target_nodeids: [1, 2, 0],
      target_ids: [0, 0, 0],
      target_weights: { floats: [10, 20, 100] },
      aggregate_function: 'AVERAGE',
      base_values: { floats: [0.5] },
    })
    expect(runModel(file, { x: [0, 1] }).data).toEqual([60.5])
  })

  test('refuses what is no tree, and equality', () => {
    expectError('UNSUPPORTED_OPERATOR', () => importOnnx(stump('BRANCH_EQ')), /BRANCH_EQ/)
    const spoilt = (tree: Parameters<typeof trees>[0][number]) => () =>
      importOnnx(stump('', trees([tree], 'BRANCH_LEQ')))
    expectError('INVALID_ONNX', spoilt([[0, 0, 1, 1], null, null]), /twice|several roots/)
    expectError('INVALID_ONNX', spoilt([[0, 0, 1, 0], null, null]))
    expectError('INVALID_ONNX', spoilt([[0, 0, 1, 7], null, null]), /several roots|does not exist/)
    expectError('INVALID_ONNX', () => importOnnx(stump('BRANCH_LEQ', { target_nodeids: [0, 2] })), /no leaf/)
    expectError(
      'INVALID_ONNX',
      () => importOnnx(stump('BRANCH_LEQ', { target_ids: [0, 5] })),
      /output 5 of 1/,
    )
  })
})

describe('TreeEnsembleClassifier', () => {
  const forest = (attributes: Attributes, outputs: readonly string[]): Uint8Array =>
    model(
      1,
      [
        step('TreeEnsembleClassifier', 'x', ['label', 'scores'], {
          ...trees([[[0, 0, 1, 2], null, null]], 'BRANCH_LEQ'),
          class_treeids: [0, 0],
          class_nodeids: [1, 2],
          class_ids: [0, 0],
          classlabels_int64s: [0, 1],
          ...attributes,
        }),
      ],
      outputs,
    )

  test('completes the probability of one class, as onnxruntime does', () => {
    const weights = { class_weights: { floats: [0.25, 0.75] } }
    expect(runModel(forest(weights, ['scores']), { x: [-1] }).data).toEqual([0.75, 0.25])
    expect([-1, 1].map((x) => runModel(forest(weights, ['label']), { x: [x] }).data[0])).toEqual([0, 1])
  })

  test('boosted scores of two classes stay logits in the circuit', () => {
    const weights = { class_weights: { floats: [-2, 2] }, post_transform: 'LOGISTIC' }
    expect(runModel(forest(weights, ['scores']), { x: [1] }).data).toEqual([0.1192, 0.8808])
    expect(kinds(forest(weights, ['scores']))).toEqual(['treeEnsemble', 'dense', 'softmax'])
  })

  test('three classes take the largest sum', () => {
    const weights = {
      class_treeids: [0, 0, 0, 0, 0, 0],
      class_nodeids: [1, 1, 1, 2, 2, 2],
      class_ids: [0, 1, 2, 0, 1, 2],
      class_weights: { floats: [0.1, 0.7, 0.2, 0.5, 0.1, 0.4] },
      classlabels_int64s: [1, 2, 3],
    }
    expect([-1, 1].map((x) => runModel(forest(weights, ['label']), { x: [x] }).data[0])).toEqual([2, 1])
    expect(runModel(forest(weights, ['scores']), { x: [1] }).data).toEqual([0.5, 0.1, 0.4])
  })
})

test('Imputer, FeatureVectorizer and ArrayFeatureExtractor only move features', () => {
  const file = onnxModel({
    domains: { [domain]: 3 },
    inputs: [
      { name: 'a', shape: [1, 1] },
      { name: 'b', shape: [1, 2] },
    ],
    outputs: ['y'],
    nodes: [
      {
        op: 'FeatureVectorizer',
        domain,
        inputs: ['a', 'b'],
        outputs: ['v'],
        attributes: { inputdimensions: [1, 2] },
      },
      step('Imputer', 'v', ['i'], {
        replaced_value_float: float(Number.NaN),
        imputed_value_floats: { floats: [0] },
      }),
      { op: 'Constant', inputs: [], outputs: ['at'], attributes: { value_ints: [2, 0] } },
      { op: 'ArrayFeatureExtractor', domain, inputs: ['i', 'at'], outputs: ['y'] },
    ],
  })
  expect(runModel(file, { a: [1], b: [2, 3] })).toEqual({ shape: [1, 2], data: [3, 1] })
})
