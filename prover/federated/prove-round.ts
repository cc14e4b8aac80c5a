import { ZkserveError } from '#circuits/errors.js'
import { averageRound } from '#circuits/federated/average.js'
import { toLanes, unpackWords } from '#circuits/federated/lanes.js'
import { type RoundRules, updateLayout, weightLayout } from '#circuits/federated/rules.js'
import { contextOf, type ProofBinding } from '#prover/context.js'
import type { RoundCircuit } from '#prover/federated/circuit.js'
import { type CommittedWeights, commitWeights, type UpdateOpening } from '#prover/federated/commitments.js'
import type { ProofWithSignals } from '#prover/groth16.js'
import type { Prover } from '#prover/prover.js'
import type { SignalValues } from '#prover/witness/calculate.js'

/** What the coordinator of a round knows. */
export interface RoundOpenings {
  readonly before: CommittedWeights
  /** By slot; null for members that are not included. */
  readonly updates: readonly (UpdateOpening | null)[]
  /** Blinds the commitment to the next weights; a uniform field element. */
  readonly nextSalt: bigint
}

/** A proven round. */
export interface ProvenRound extends ProofWithSignals {
  readonly after: CommittedWeights
  /** The commitment to them. */
  readonly next: bigint
}

/** The circuit's inputs for a round. @throws ZkserveError `INVALID_INPUT` where an update is malformed */
export function roundSignals(
  rules: RoundRules,
  { before, updates, nextSalt }: RoundOpenings,
  context: bigint,
): SignalValues {
  const layout = updateLayout(rules)
  const lanes = updates.flatMap((opening) => toLanes(layout, valuesOf(rules, opening)))
  return {
    weights: toLanes(weightLayout(rules), before.weights),
    salt: before.salt,
    included: updates.map((opening) => (opening === null ? 0n : 1n)),
    updates: lanes,
    updateSalts: updates.map((opening) => opening?.salt ?? 0n),
    nextSalt,
    context,
  }
}

/**
 * Averages a round and proves it.
 *
 * @throws ZkserveError `INVALID_INPUT` where an update is malformed or none is included, `PROVING_FAILED`
 */
export async function proveRound(
  { rules, calculator, zkey }: RoundCircuit,
  prover: Prover,
  openings: RoundOpenings,
  binding: ProofBinding,
): Promise<ProvenRound> {
  const included = openings.updates.filter((opening) => opening !== null)
  if (openings.updates.length !== rules.members || included.length === 0) {
    throw new ZkserveError(
      'INVALID_INPUT',
      `a round has ${rules.members} slots, at least one of them included`,
    )
  }
  const weights = averageRound(
    rules,
    openings.before.weights,
    included.map((opening) => valuesOf(rules, opening)),
  )
  const after = { weights, salt: openings.nextSalt }
  const witness = await calculator.calculate(roundSignals(rules, openings, contextOf(binding)))
  const { proof, publicSignals } = await prover.prove({ zkey, witness })
  const next = await commitWeights(rules, after)
  if (BigInt(publicSignals[rules.members + 1]!) !== next) {
    throw new ZkserveError('INTERNAL', 'the circuit and its specification differ')
  }
  return { proof, publicSignals, after, next }
}

/** The update in an opening; zeros for a member that is left out. */
function valuesOf(rules: RoundRules, opening: UpdateOpening | null): number[] {
  if (opening === null) return Array<number>(rules.size).fill(0)
  const values = unpackWords(updateLayout(rules), rules.size, opening.words)
  if (values === null)
    throw new ZkserveError('INVALID_INPUT', 'a word of an update holds more than its lanes')
  return values
}
