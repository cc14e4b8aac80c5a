import type { Address, Hex } from 'viem'
import { proverPoolAbi } from '#contracts/generated/ProverPool.js'
import { asked } from '#service/chain/asked.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import {
  type SearchedRequest,
  searchAnswer,
  searchQuestion,
  type ToldAnswer,
} from '#service/chain/request-events.js'

const abi = proverPoolAbi

/** In the order of the contract's enum `Status`. */
const statuses = ['none', 'open', 'taken', 'missed', 'answered', 'refunded'] as const

/** A request to a ProverPool; all zero where the status is `none`. */
export interface PoolRequest {
  readonly status: (typeof statuses)[number]
  readonly asker: Address
  /** Last second, since 1970, at which an answer is accepted. */
  readonly deadline: number
  /** Seconds that a prover gets. */
  readonly window: number
  /** Who took it. */
  readonly taker: Address
  /** Last second of its window. */
  readonly takenUntil: number
  readonly modelId: bigint
  readonly version: number
  /** In wei. */
  readonly fee: bigint
  /** What the taker loses by not answering, in wei. */
  readonly bond: bigint
  /** The most that the model's holder gets of the fee, in hundredths of a percent. */
  readonly royaltyBps: number
  /** keccak256 of the input's words until there is an answer, then of the statement's. */
  readonly contentHash: Hex
}

interface InPool {
  readonly pool: Address
}

/** Where a request stands. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export async function readPoolRequest(
  { client }: ChainReader,
  { pool: address, requestId }: InPool & { readonly requestId: bigint },
): Promise<PoolRequest> {
  const call = { address, abi, functionName: 'getRequest', args: [requestId] } as const
  const { status, ...request } = await asked(() => client.readContract(call))
  return { status: statuses[status]!, ...request }
}

/** What a prover has at stake, in wei, and when what leaves may be collected. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export function readStake(
  { client }: ChainReader,
  { pool: address, prover }: InPool & { readonly prover: Address },
): Promise<{ free: bigint; bonded: bigint; unbonding: bigint; leavesAt: number }> {
  return asked(() => client.readContract({ address, abi, functionName: 'stakeOf', args: [prover] }))
}

/** What a prover did for an asker; `value` are fees in wei. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export function readReputation(
  { client }: ChainReader,
  { pool: address, prover, asker }: InPool & { readonly prover: Address; readonly asker: Address },
): Promise<{ answered: number; missed: number; value: bigint }> {
  return asked(() =>
    client.readContract({ address, abi, functionName: 'reputationOf', args: [prover, asker] }),
  )
}

/** The epoch that is going on. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export function readEpochNumber({ client }: ChainReader, { pool: address }: InPool): Promise<bigint> {
  return asked(() => client.readContract({ address, abi, functionName: 'currentEpoch' }))
}

/** What an open request asks. @throws CHAIN_INCONSISTENT where the endpoint tells none, or another; CHAIN_UNREACHABLE */
export function findPoolQuestion(
  chain: ChainReader,
  { pool: address, ...request }: InPool & SearchedRequest,
): Promise<{ readonly input: readonly bigint[]; readonly data: Hex }> {
  const { requestId } = request
  const filter = { address, abi, eventName: 'Requested', args: { requestId }, strict: true } as const
  return searchQuestion(chain, request, (range) => chain.client.getContractEvents({ ...filter, ...range }))
}

/** How a request was answered. @throws as {@link findPoolQuestion} */
export function findPoolAnswer(
  chain: ChainReader,
  { pool: address, ...request }: InPool & SearchedRequest,
): Promise<ToldAnswer> {
  const { requestId } = request
  const filter = { address, abi, eventName: 'Answered', args: { requestId }, strict: true } as const
  return searchAnswer(chain, request, (range) => chain.client.getContractEvents({ ...filter, ...range }))
}
