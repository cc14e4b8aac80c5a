import type { FloatTensor } from '#circuits/graph/graph.js'
import type { Bundle } from '#prover/bundle/load.js'
import { ensureBundle, type ModelSource } from '#service/demo/project-models.js'

/** The bundle of a model of bytes: its public signals are one word of lanes, 8 bits each, and its outputs. */
export function ensureLanesBundle(source: ModelSource): Promise<Bundle> {
  return ensureBundle(source, undefined, 'public', { inputGrid: { scale: 1, low: 0, bits: 8 } })
}

/** A model's input from a contract's word: lane j at bits 8·j. @param count at most 31 */
export function unpackLanes(word: bigint, count: number): FloatTensor {
  const data = Float32Array.from({ length: count }, (_, j) => Number((word >> BigInt(8 * j)) & 0xffn))
  return { shape: [1, count], data }
}
