/** Calls of the contract Arena: contests of models by proven accuracy. */
import { type Address, encodeFunctionData, type Hex, parseEventLogs } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { arenaAbi, arenaBytecode } from '#contracts/generated/Arena.js'
import { asked } from '#service/chain/asked.js'
import type { ChainReader, ChainWriter } from '#service/chain/connect-chain.js'
import { type DeployedContract, deployContract } from '#service/chain/deploy-contract.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'

const abi = arenaAbi

/** Deploys an Arena over a LinkedEvaluations contract. */
export function deployArena(
  chain: ChainWriter,
  { evaluations }: { evaluations: Address },
): Promise<DeployedContract> {
  return deployContract(chain, arenaAbi, arenaBytecode, [evaluations])
}

/** The organiser's terms; times in seconds since 1970, money in wei, shares in hundredths of a percent by place. */
export interface ContestTerms {
  readonly testSet: Hex
  readonly stake: bigint
  readonly entryCloses: number
  readonly revealBy: number
  readonly proveBy: number
  readonly shares: readonly number[]
}

/** Opens a contest with its prize. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export async function openContest(
  chain: ChainWriter,
  { arena, terms, prize }: { arena: Address; terms: ContestTerms; prize: bigint },
): Promise<{ readonly contestId: bigint; readonly transaction: SentTransaction }> {
  const data = encodeFunctionData({ abi, functionName: 'open', args: [terms] })
  const transaction = await sendTransaction(chain, { to: arena, data, value: prize })
  const [event] = parseEventLogs({ abi, eventName: 'ContestOpened', logs: transaction.receipt.logs })
  if (!event) throw new ZkserveError('CHAIN_REJECTED', 'the contest was not opened')
  return { contestId: event.args.contestId, transaction }
}

/** Enters a version of the sender's. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export async function enterContest(
  chain: ChainWriter,
  entry: { arena: Address; contestId: bigint; modelId: bigint; version: number; stake: bigint },
): Promise<{ readonly entryId: bigint; readonly transaction: SentTransaction }> {
  const args = [entry.contestId, entry.modelId, entry.version] as const
  const data = encodeFunctionData({ abi, functionName: 'enter', args })
  const transaction = await sendTransaction(chain, { to: entry.arena, data, value: entry.stake })
  const [event] = parseEventLogs({ abi, eventName: 'Entered', logs: transaction.receipt.logs })
  if (!event) throw new ZkserveError('CHAIN_REJECTED', 'the version was not entered')
  return { entryId: event.args.entryId, transaction }
}

/** Takes a proven count into the ranking. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export function scoreEntry(
  chain: ChainWriter,
  { arena, contestId, entryId }: { arena: Address; contestId: bigint; entryId: bigint },
): Promise<SentTransaction> {
  const data = encodeFunctionData({ abi, functionName: 'score', args: [contestId, entryId] })
  return sendTransaction(chain, { to: arena, data })
}

/** Shares the prize, after the time to prove. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export function settleContest(
  chain: ChainWriter,
  { arena, contestId }: { arena: Address; contestId: bigint },
): Promise<SentTransaction> {
  const data = encodeFunctionData({ abi, functionName: 'settle', args: [contestId] })
  return sendTransaction(chain, { to: arena, data })
}

/** Where its test set was not revealed in its time, or too early. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export function forfeitContest(
  chain: ChainWriter,
  { arena, contestId }: { arena: Address; contestId: bigint },
): Promise<SentTransaction> {
  const data = encodeFunctionData({ abi, functionName: 'forfeit', args: [contestId] })
  return sendTransaction(chain, { to: arena, data })
}

/** Credits an entrant of a void or forfeited contest. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export function refundEntry(
  chain: ChainWriter,
  { arena, contestId, entryId }: { arena: Address; contestId: bigint; entryId: bigint },
): Promise<SentTransaction> {
  const data = encodeFunctionData({ abi, functionName: 'refund', args: [contestId, entryId] })
  return sendTransaction(chain, { to: arena, data })
}

/** The places, best first. @throws CHAIN_UNREACHABLE */
export async function readRanking(
  { client }: ChainReader,
  { arena, contestId }: { arena: Address; contestId: bigint },
): Promise<{ readonly entryId: bigint; readonly correct: number }[]> {
  const [ids, correct] = await asked(() =>
    client.readContract({ ...{ address: arena, abi, functionName: 'ranking', args: [contestId] } }),
  )
  return ids.map((entryId, place) => ({ entryId, correct: Number(correct[place]!) }))
}
