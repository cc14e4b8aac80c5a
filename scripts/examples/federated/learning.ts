/** Logistic regression on real rows: what clients compute before anything is committed to. */
import { datasetRow } from '#circuits/data/dataset.js'
import { type RoundRules, unitsPerUpdate, updateLayout } from '#circuits/federated/rules.js'
import type { ModelSource } from '#service/demo/project-models.js'

/** Rows of features, the last of which is the constant 1, and whether each is of class 1. */
export interface Rows {
  readonly features: readonly Float64Array[]
  readonly labels: readonly number[]
}

/** An update's unit as a real number; a weight's is this divided by `unitsPerUpdate`. */
const updateUnit = 2 ** -10

/** Steps and rate of gradient descent in one round. */
const descent = { steps: 20, rate: 0.02 } as const

/** The rows of a model's test data that have labels: the first `training` to learn from, the rest to test with. */
export function readRows(
  source: ModelSource,
  training: number,
): { readonly train: Rows; readonly test: Rows } {
  const { test, graph } = source
  const name = graph.inputs[0]!.name
  const features = Array.from({ length: test.count }, (_, row) =>
    Float64Array.from([...datasetRow(test, row).get(name)!.data, 1]),
  )
  const labels = Array.from(test.labels!)
  return {
    train: { features: features.slice(0, training), labels: labels.slice(0, training) },
    test: { features: features.slice(training), labels: labels.slice(training) },
  }
}

/**
 * Shares that are not alike: half of the rows go to the clients by size of the first feature, the smallest to the first
 * client, the other half in turn.
 */
export function shareRows({ features, labels }: Rows, clients: number): Rows[] {
  const order = features.map((_, row) => row).sort((a, b) => features[a]![0]! - features[b]![0]!)
  const owner = (rank: number) =>
    rank % 2 === 0 ? Math.floor((rank * clients) / order.length) : ((rank - 1) / 2) % clients
  return Array.from({ length: clients }, (_, client) => {
    const rows = order.filter((_, rank) => owner(rank) === client)
    return { features: rows.map((row) => features[row]!), labels: rows.map((row) => labels[row]!) }
  })
}

/** What gradient descent from these weights changes, as real numbers. */
export function trainFrom(weights: readonly number[], { features, labels }: Rows): number[] {
  const current = Float64Array.from(weights)
  for (let step = 0; step < descent.steps; step++) {
    const gradient = new Float64Array(current.length)
    features.forEach((row, k) => {
      const error = 1 / (1 + Math.exp(-dot(current, row))) - labels[k]!
      for (let i = 0; i < row.length; i++) gradient[i]! += (error * row[i]!) / features.length
    })
    for (let i = 0; i < current.length; i++) current[i]! -= descent.rate * gradient[i]!
  }
  return Array.from(current, (value, i) => value - weights[i]!)
}

/** The part of rows whose class the weights tell. */
export function accuracyOf(weights: readonly number[], { features, labels }: Rows): number {
  const right = features.filter((row, k) => dot(weights, row) > 0 === (labels[k] === 1)).length
  return right / features.length
}

/** A change of weights as the integers of an update, held to the range of its lanes. */
export function toUpdate(rules: RoundRules, change: readonly number[]): number[] {
  const { bits, lowest } = updateLayout(rules)
  return change.map((value) =>
    Math.min(Math.max(Math.round(value / updateUnit), lowest), lowest + 2 ** bits - 1),
  )
}

/** The real numbers that a federation's weights stand for. */
export function realWeights(rules: RoundRules, weights: readonly number[]): number[] {
  return weights.map((value) => (value * updateUnit) / unitsPerUpdate(rules))
}

function dot(weights: ArrayLike<number>, row: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < row.length; i++) sum += weights[i]! * row[i]!
  return sum
}
