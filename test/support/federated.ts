/** Rounds to try circuits with: rules of all shapes, and random and extreme updates. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RoundRules } from '#circuits/federated/rules.js'
import { updateLayout } from '#circuits/federated/rules.js'
import { packageRoot } from '#circuits/paths.js'
import type { RandomSource } from './random-source.js'

/** The gadget library's file of rounds, by name and text. */
export function federatedLibrary(): Record<string, string> {
  return {
    'federated.circom': readFileSync(join(packageRoot, 'circuits', 'lib', 'federated.circom'), 'utf8'),
  }
}

/** Few and many bits above the clipping range; one word and several; one permutation and several. */
export const roundShapes: readonly RoundRules[] = [
  { members: 1, size: 1, updateBits: 6, clipBits: 4, weightBits: 8 },
  { members: 2, size: 3, updateBits: 6, clipBits: 2, weightBits: 6 },
  { members: 3, size: 20, updateBits: 15, clipBits: 8, weightBits: 20 },
  { members: 4, size: 2, updateBits: 9, clipBits: 6, weightBits: 10 },
  { members: 2, size: 120, updateBits: 16, clipBits: 3, weightBits: 12 },
]

/** A third at an end, at the clipping bound or beside it; a third small; the rest uniform. */
export function randomUpdate(rules: RoundRules, random: RandomSource): number[] {
  const { bits, lowest } = updateLayout(rules)
  const bound = 2 ** rules.clipBits
  const edges = [lowest, lowest + 2 ** bits - 1, -bound, -bound - 1, bound - 1, bound, bound - 2, 0, -1, 1]
  const inRange = edges.filter((value) => value >= lowest && value < lowest + 2 ** bits)
  const kind = random.below(3)
  return Array.from({ length: rules.size }, () => {
    if (kind === 0) return random.pick(inRange)
    return kind === 1 ? random.below(5) - 2 : lowest + random.below(2 ** bits)
  })
}

/** The same for weights: at their ends, near 0, or anywhere. */
export function randomWeights({ size, weightBits }: RoundRules, random: RandomSource): number[] {
  const bound = 2 ** (weightBits - 1)
  const kind = random.below(3)
  return Array.from({ length: size }, () => {
    if (kind === 0) return random.pick([-bound, bound - 1, bound - 2, 1 - bound, 0])
    return random.below(2 * bound) - bound
  })
}
