import { ZkserveError } from '#circuits/errors.js'
import { checkOpening } from '#prover/federated/check-opening.js'
import {
  type CommittedWeights,
  commitUpdate,
  openingOf,
  type UpdateOpening,
} from '#prover/federated/commitments.js'
import { drawSalt } from '#prover/inference/commitment.js'
import { type Rows, realWeights, toUpdate, trainFrom } from '#scripts/examples/federated/learning.js'
import { amounts, type FederationStage } from '#scripts/examples/federated/stage.js'
import {
  acknowledgeUpdates,
  openRound,
  reportMalformed,
  settleRound,
} from '#service/chain/federated/coordinator.js'
import { joinFederation, revealUpdate, sendCommitment } from '#service/chain/federated/member.js'
import { type RoundState, readBalances, readRound } from '#service/chain/federated/read-round.js'
import { proveForRound, type RoundProof } from '#service/federated/rounds.js'

/**
 * What a member does in a round: an update from its rows; the opposite of it, as large as lanes take; a commitment and
 * nothing more; a word that holds more than its lanes; an update that the coordinator will not acknowledge; nothing.
 */
export type Conduct = 'honest' | 'huge' | 'vanishes' | 'malformed' | 'censored' | 'absent'

/** The federation between two rounds. */
export interface FederationState {
  readonly weights: CommittedWeights
  /** The commitment to them. */
  readonly commitment: bigint
}

/** A round under way. */
export interface OpenRound {
  readonly roundId: bigint
  /** By slot; null of who is absent. */
  readonly openings: readonly (UpdateOpening | null)[]
  readonly commitments: readonly bigint[]
  /** Raw updates, by slot: what is known to their makers alone. */
  readonly updates: readonly number[][]
}

/** Opens a round; every member trains on its own rows and commits. */
export async function startRound(
  stage: FederationStage,
  state: FederationState,
  shares: readonly Rows[],
  conducts: readonly Conduct[],
): Promise<OpenRound> {
  const { circuit, rounds, coordinator, members, spend } = stage
  const { rules } = circuit
  const opened = await openRound(coordinator, { rounds, value: amounts.bond + amounts.reward })
  spend('open a round', opened.transaction)
  const from = realWeights(rules, state.weights.weights)
  const openings: (UpdateOpening | null)[] = []
  const commitments: bigint[] = []
  const updates: number[][] = []
  for (const [slot, conduct] of conducts.entries()) {
    const honest = toUpdate(rules, trainFrom(from, shares[slot]!))
    const bound = 2 ** (rules.updateBits - 1) - 2 ** rules.clipBits - 1
    const update = conduct === 'huge' ? honest.map((value) => (value > 0 ? -bound : bound)) : honest
    const opening = conduct === 'absent' ? null : openingIn(conduct, openingOf(rules, update, drawSalt()))
    const commitment = opening === null ? 0n : await commitUpdate(rules, slot, state.commitment, opening)
    updates.push(update)
    openings.push(opening)
    commitments.push(commitment)
    if (opening === null) continue
    await fillStake(stage, slot)
    const { roundId } = opened
    spend('commit', await sendCommitment(members[slot]!, { rounds, roundId, commitment }))
  }
  return { roundId: opened.roundId, openings, commitments, updates }
}

/** The coordinator looks at what it was handed, acknowledges what is good and reports what is malformed. */
export async function handOver(
  stage: FederationStage,
  state: FederationState,
  round: OpenRound,
  conducts: readonly Conduct[],
): Promise<void> {
  const { circuit, rounds, coordinator, members, passPeriods, spend } = stage
  const { roundId, openings, commitments } = round
  const good: number[] = []
  for (const [slot, opening] of openings.entries()) {
    if (opening === null || conducts[slot] === 'vanishes' || conducts[slot] === 'censored') continue
    const found = await checkOpening(circuit.rules, slot, state.commitment, opening, commitments[slot]!)
    if (found === 'good') good.push(slot)
    else
      spend(
        'report a malformed update',
        await reportMalformed(coordinator, { rounds, roundId, slot, opening }),
      )
  }
  spend('acknowledge', await acknowledgeUpdates(coordinator, { rounds, roundId, slots: good }))
  await passPeriods(1)
  for (const [slot, opening] of openings.entries()) {
    if (opening === null || conducts[slot] !== 'censored') continue
    spend('reveal', await revealUpdate(members[slot]!, { rounds, roundId, slot, opening }))
  }
}

/** Proves a round for the slots that are ready, or for others. */
export async function proofOf(
  { circuit, rounds, coordinator, prover, verifier }: FederationStage,
  state: FederationState,
  { roundId, openings }: OpenRound,
  slots: readonly number[],
): Promise<RoundProof> {
  const updates = openings.map((opening, slot) => (slots.includes(slot) ? opening : null))
  const place = { chainId: coordinator.chainId, verifier, rounds, roundId }
  return proveForRound(circuit, prover, place, state.weights, updates)
}

/** Settles a round by its proof. @throws ZkserveError `INTERNAL` where the contract has not settled it */
export async function finishRound(
  { rounds, coordinator, spend }: FederationStage,
  { roundId }: OpenRound,
  { next, words, after }: RoundProof,
): Promise<{ readonly state: FederationState; readonly round: RoundState }> {
  spend('settle', await settleRound(coordinator, { rounds, roundId, next, proof: words }))
  const round = await readRound(coordinator, { rounds, roundId })
  if (round.status !== 'settled') throw new ZkserveError('INTERNAL', `the round is ${round.status}`)
  return { state: { weights: after, commitment: next }, round }
}

/** Puts in what a penalty took of a member's stake. */
async function fillStake({ members, rounds }: FederationStage, slot: number): Promise<void> {
  const member = members[slot]!
  const { stake } = await readBalances(member, { rounds, account: member.account.address })
  if (stake < amounts.stake) await joinFederation(member, { rounds, value: amounts.stake - stake })
}

/** What is committed to; of a malformed update, one bit lies beyond its last word's lanes. */
function openingIn(conduct: Conduct, opening: UpdateOpening): UpdateOpening {
  if (conduct !== 'malformed') return opening
  const [first, ...rest] = opening.words.toReversed()
  return { ...opening, words: [...rest.toReversed(), first! + (1n << 252n)] }
}
