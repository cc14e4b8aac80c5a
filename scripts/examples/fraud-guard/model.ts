import type { FloatTensor } from '#circuits/graph/graph.js'
import type { Bundle } from '#prover/bundle/load.js'
import { ensureBundle, type ModelSource } from '#service/demo/project-models.js'

/** Probability of fraud from which on a payment is held. */
export const suspicious = 0.2

/** The bundle whose public signals are the features as the contract packs them, and the score. */
export function ensureFraudBundle(source: ModelSource): Promise<Bundle> {
  return ensureBundle(source, undefined, 'public', { inputGrid: { scale: 1, low: 0, bits: 8 } })
}

const lanes = 8

/** The model's input from the contract's word: lane j at bits 8·j. */
export function featuresFrom(word: bigint): FloatTensor {
  const data = Float32Array.from({ length: lanes }, (_, j) => Number((word >> BigInt(8 * j)) & 0xffn))
  return { shape: [1, lanes], data }
}

/** The contract's word of eight lanes. */
export function packLanes(values: readonly number[]): bigint {
  return values.reduceRight((word, value) => (word << 8n) + BigInt(value), 0n)
}
