/** What the coordinator of a federation sends to its FederatedRounds; all but two calls are open to anyone. */
import { type Address, encodeFunctionData, type Hex, parseEventLogs } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { federatedRoundsAbi as abi } from '#contracts/generated/FederatedRounds.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import type { ProofWords } from '#service/chain/encode-proof-calldata.js'
import type { RoundUpdate } from '#service/chain/federated/member.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'

/** One round of a federation. */
export interface RoundName {
  readonly rounds: Address
  readonly roundId: bigint
}

/** Opens a round. @param value bond and reward, in wei @throws CHAIN_REJECTED (NotCoordinator, RoundUnderWay, WrongValue) */
export async function openRound(
  chain: ChainWriter,
  { rounds, value }: { readonly rounds: Address; readonly value: bigint },
): Promise<{ readonly roundId: bigint; readonly transaction: SentTransaction }> {
  const data = encodeFunctionData({ abi, functionName: 'openRound' })
  const transaction = await sendTransaction(chain, { to: rounds, data, value })
  const [opened] = parseEventLogs({ abi, eventName: 'RoundOpened', logs: transaction.receipt.logs })
  if (!opened) throw new ZkserveError('CHAIN_REJECTED', 'the contract did not record the round')
  return { roundId: opened.args.roundId, transaction }
}

/** Binds the coordinator to include these slots. @throws CHAIN_REJECTED (WrongPeriod, NotCommitted, NotCoordinator) */
export function acknowledgeUpdates(
  chain: ChainWriter,
  { rounds, roundId, slots }: RoundName & { readonly slots: readonly number[] },
): Promise<SentTransaction> {
  const bits = slots.reduce((sum, slot) => sum | (1 << slot), 0)
  const data = encodeFunctionData({ abi, functionName: 'acknowledge', args: [roundId, bits] })
  return sendTransaction(chain, { to: rounds, data })
}

/**
 * Hands a round's proof in.
 *
 * @throws CHAIN_REJECTED (InvalidProof, WrongPeriod, NothingToAverage, RoundNotOpen), CHAIN_UNREACHABLE
 */
export function settleRound(
  chain: ChainWriter,
  { rounds, roundId, next, proof }: RoundName & { readonly next: bigint; readonly proof: ProofWords },
): Promise<SentTransaction> {
  const data = encodeFunctionData({ abi, functionName: 'settle', args: [roundId, next, proof] })
  return sendTransaction(chain, { to: rounds, data })
}

/** Has a member slashed for a malformed update. @throws CHAIN_REJECTED (NothingToReport, OpeningMismatch, …) */
export function reportMalformed(
  chain: ChainWriter,
  { rounds, roundId, slot, opening }: RoundUpdate,
): Promise<SentTransaction> {
  const args = [roundId, BigInt(slot), opening] as const
  const data = encodeFunctionData({ abi, functionName: 'reportMalformed', args })
  return sendTransaction(chain, { to: rounds, data })
}

/** Has a member slashed for an opening that it signed and that is not its own. @throws CHAIN_REJECTED (SignatureInvalid, …) */
export function reportMismatch(
  chain: ChainWriter,
  { rounds, roundId, slot, opening, signature }: RoundUpdate & { readonly signature: Hex },
): Promise<SentTransaction> {
  const args = [roundId, BigInt(slot), opening, signature] as const
  const data = encodeFunctionData({ abi, functionName: 'reportMismatch', args })
  return sendTransaction(chain, { to: rounds, data })
}

/** Ends a round that has no proof. @throws CHAIN_REJECTED (RoundNotOver, RoundNotOpen), CHAIN_UNREACHABLE */
export function endRound(chain: ChainWriter, { rounds, roundId }: RoundName): Promise<SentTransaction> {
  const data = encodeFunctionData({ abi, functionName: 'endRound', args: [roundId] })
  return sendTransaction(chain, { to: rounds, data })
}
