import type { RoundRules } from '#circuits/federated/rules.js'
import { unitsPerUpdate } from '#circuits/federated/rules.js'

/** An update as it enters the average: the nearest integer of −2^k … 2^k − 1, coordinate by coordinate. */
export function clipUpdate({ clipBits }: RoundRules, update: readonly number[]): number[] {
  const bound = 2 ** clipBits
  return update.map((value) => Math.min(Math.max(value, -bound), bound - 1))
}

/**
 * The weights after a round: those before plus the average of the clipped updates, held to their range. This function
 * is the specification; the circuit equals it bit for bit. An average is exact in units of a weight.
 *
 * @param weights integers, in units of which an update's unit has `unitsPerUpdate`
 * @param updates integers, one array for each included member; at least one, at most `members`
 */
export function averageRound(
  rules: RoundRules,
  weights: readonly number[],
  updates: readonly (readonly number[])[],
): number[] {
  const factor = unitsPerUpdate(rules) / updates.length
  const clipped = updates.map((update) => clipUpdate(rules, update))
  const bound = 2 ** (rules.weightBits - 1)
  return weights.map((weight, i) => {
    const sum = clipped.reduce((total, update) => total + update[i]!, 0)
    return Math.min(Math.max(weight + sum * factor, -bound), bound - 1)
  })
}
