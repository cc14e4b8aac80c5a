import { unpackWords } from '#circuits/federated/lanes.js'
import { type RoundRules, updateLayout } from '#circuits/federated/rules.js'
import { scalarModulus } from '#prover/curve/bn254.js'
import { commitUpdate, type UpdateOpening } from '#prover/federated/commitments.js'

/**
 * What is to be said of an opening that a member hands over. `malformed`: of its commitment, but no update; the contract
 * slashes for it. `mismatch`: of something else; the contract slashes for it where the member signed it. `unreadable`: no
 * opening at all, or with numbers that are no field elements; there is nothing to report.
 */
export type OpeningState = 'good' | 'malformed' | 'mismatch' | 'unreadable'

/** Looks at an opening before it is acknowledged. @param base the commitment to the round's weights */
export async function checkOpening(
  rules: RoundRules,
  slot: number,
  base: bigint,
  opening: UpdateOpening,
  commitment: bigint,
): Promise<OpeningState> {
  const layout = updateLayout(rules)
  const numbers = [opening.salt, ...opening.words]
  if (
    opening.words.length !== layout.words ||
    numbers.some((value) => value < 0n || value >= scalarModulus)
  ) {
    return 'unreadable'
  }
  if ((await commitUpdate(rules, slot, base, opening)) !== commitment) return 'mismatch'
  return unpackWords(layout, rules.size, opening.words) === null ? 'malformed' : 'good'
}
