import type { FloatTensor } from '#circuits/graph/graph.js'
import type { Bundle } from '#prover/bundle/load.js'
import { laneCount, stateUnit } from '#scripts/models/cold-chain/readings.js'
import { ensureBundle, type ModelSource } from '#service/demo/project-models.js'

/** The bundle whose public signals are state, readings and new state. */
export function ensureColdChainBundle(source: ModelSource): Promise<Bundle> {
  return ensureBundle(source, undefined, 'public')
}

/** The integer that stands for hours of shelf life, rounded down. */
export function stateOf(hours: number): number {
  return Math.floor(hours / stateUnit)
}

/** The model's inputs for a state, an integer, and lanes of readings. */
export function stepInputs(state: number, lanes: readonly number[]): ReadonlyMap<string, FloatTensor> {
  return new Map([
    ['state', { shape: [1, 1], data: Float32Array.of(state * stateUnit) }],
    ['readings', { shape: [1, laneCount], data: Float32Array.from(lanes) }],
  ])
}
