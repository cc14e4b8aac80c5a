/** What members and coordinator of a federation do in a round. */
import type { Address } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { checkOpening, type OpeningState } from '#prover/federated/check-opening.js'
import type { RoundCircuit } from '#prover/federated/circuit.js'
import {
  type CommittedWeights,
  commitUpdate,
  openingOf,
  type UpdateOpening,
} from '#prover/federated/commitments.js'
import { type ProvenRound, proveRound } from '#prover/federated/prove-round.js'
import { drawSalt } from '#prover/inference/commitment.js'
import type { Prover } from '#prover/prover.js'
import type { ChainReader, ChainWriter } from '#service/chain/connect-chain.js'
import { encodeProofCalldata, type ProofWords } from '#service/chain/encode-proof-calldata.js'
import { type RoundName, reportMalformed, reportMismatch } from '#service/chain/federated/coordinator.js'
import { signHandover } from '#service/chain/federated/member.js'
import {
  type Federation,
  type RoundState,
  readCommitment,
  readRevealed,
} from '#service/chain/federated/read-round.js'
import type { SentTransaction } from '#service/chain/send-transaction.js'
import type { HandedUpdate } from '#service/federated/private-files.js'

/** What a round waits for, or how it ended. */
export type RoundPhase = 'commit' | 'hand over' | 'reveal' | 'prove' | 'to end' | RoundState['status']

/** Where a round stands. @param now the chain's time, in seconds since 1970 */
export function phaseOf(round: RoundState, now: number): RoundPhase {
  if (round.status !== 'open') return round.status
  if (now <= round.commitEnd) return 'commit'
  if (now <= round.handoverEnd) return 'hand over'
  if (now <= round.revealEnd) return 'reveal'
  return now <= round.proveEnd ? 'prove' : 'to end'
}

/** The sender's slot. @throws ZkserveError `USAGE` where it is no member */
export function slotOf({ members }: Pick<Federation, 'members'>, account: Address): number {
  const slot = members.findIndex((member) => member.toLowerCase() === account.toLowerCase())
  if (slot >= 0) return slot
  throw new ZkserveError('USAGE', `${account} is no member of this federation`, {
    hints: ['Use the key of a member; `zkserve federated show` lists them.'],
  })
}

/** Blinds and signs an update of a round. @throws ZkserveError `INVALID_INPUT` where an integer is out of range */
export async function makeUpdate(
  chain: ChainWriter,
  { rounds, rules, members }: Federation,
  round: { readonly roundId: bigint; readonly weights: bigint },
  update: readonly number[],
): Promise<HandedUpdate> {
  const slot = slotOf({ members }, chain.account.address)
  const { roundId } = round
  const opening = openingOf(rules, update, drawSalt())
  const commitment = await commitUpdate(rules, slot, round.weights, opening)
  const signature = await signHandover(chain, { rounds, roundId, commitment, opening })
  return { rounds, roundId, slot, commitment, opening, signature }
}

/** What an update that was handed over is worth: it is compared with what its member committed to. */
export async function judgeUpdate(
  chain: ChainReader,
  { rules }: Federation,
  { weights }: Pick<RoundState, 'weights'>,
  handed: HandedUpdate,
): Promise<OpeningState | 'not committed'> {
  const commitment = await readCommitment(chain, handed)
  if (commitment === 0n) return 'not committed'
  return checkOpening(rules, handed.slot, weights, handed.opening, commitment)
}

/**
 * Has the member of a false update slashed.
 * @throws ZkserveError `USAGE` where there is nothing to report; CHAIN_REJECTED, CHAIN_UNREACHABLE
 */
export async function reportUpdate(
  chain: ChainWriter,
  federation: Federation,
  round: RoundState,
  handed: HandedUpdate,
): Promise<{ readonly fault: OpeningState; readonly transaction: SentTransaction }> {
  const fault = await judgeUpdate(chain, federation, round, handed)
  if (fault === 'malformed') return { fault, transaction: await reportMalformed(chain, handed) }
  if (fault === 'mismatch') return { fault, transaction: await reportMismatch(chain, handed) }
  throw new ZkserveError(
    'USAGE',
    `there is nothing to report: the update of slot ${handed.slot} is ${fault}`,
    {
      hints: ['Members are slashed for malformed updates, and for signing an opening that is not their own.'],
    },
  )
}

/** A proof of a round as the contract takes it. */
export interface RoundProof extends ProvenRound {
  readonly words: ProofWords
}

/** Where a round is proven. */
export type ProvingPlace = RoundName & Pick<Federation, 'verifier'> & { readonly chainId: number }

/**
 * Proves a round for its contract.
 * @param updates by slot; null of who is not included
 * @throws ZkserveError `INVALID_INPUT`, `PROVING_FAILED`
 */
export async function proveForRound(
  circuit: RoundCircuit,
  prover: Prover,
  { chainId, verifier, rounds, roundId }: ProvingPlace,
  before: CommittedWeights,
  updates: readonly (UpdateOpening | null)[],
): Promise<RoundProof> {
  const binding = { chainId, verifier, requester: rounds, nonce: roundId }
  const proven = await proveRound(circuit, prover, { before, updates, nextSalt: drawSalt() }, binding)
  return { ...proven, words: encodeProofCalldata({ ...proven, ...binding }).proof }
}

/**
 * The updates that a round includes, by slot: from what was handed over, or revealed on chain.
 * @throws ZkserveError `USAGE` where one is missing, `INVALID_INPUT` where one is not what was committed to
 */
export async function includedUpdates(
  chain: ChainReader,
  federation: Federation,
  round: RoundState & { readonly roundId: bigint },
  handed: readonly HandedUpdate[],
): Promise<(UpdateOpening | null)[]> {
  const { rounds, rules } = federation
  const revealed = await readRevealed(chain, { rounds, roundId: round.roundId })
  const openings = new Map(handed.map(({ slot, opening }) => [slot, opening]))
  const found = (slot: number) => openings.get(slot) ?? revealed.get(slot)
  const missing = round.ready.filter((slot) => found(slot) === undefined)
  if (missing.length > 0) {
    throw new ZkserveError('USAGE', `the openings of slots ${missing.join(', ')} are needed`, {
      hints: ['Give the files that these members handed over: the contract includes their updates.'],
    })
  }
  for (const slot of round.ready) {
    const commitment = await readCommitment(chain, { rounds, roundId: round.roundId, slot })
    const state = await checkOpening(rules, slot, round.weights, found(slot)!, commitment)
    if (state !== 'good')
      throw new ZkserveError('INVALID_INPUT', `the opening of slot ${slot} is no good: ${state}`)
  }
  return Array.from({ length: rules.members }, (_, slot) =>
    round.ready.includes(slot) ? found(slot)! : null,
  )
}
