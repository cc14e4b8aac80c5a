import { type Address, encodePacked, type Hex, keccak256 } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { inferenceOracleAbi } from '#contracts/generated/InferenceOracle.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import { searchEvents } from '#service/chain/search-events.js'

/** Which request's events are searched, and from which block on. */
export interface RequestEvents {
  readonly oracle: Address
  readonly requestId: bigint
  /** Of the words that the event must tell; the contract keeps it. */
  readonly contentHash: Hex
  readonly fromBlock: bigint
}

/** What an answer said, and whom it paid. */
export interface OracleAnswer {
  readonly payee: Address
  /** What payee and model's holder shared, in wei. */
  readonly fee: bigint
  readonly royalty: bigint
  /** The public signals but the last. */
  readonly statement: readonly bigint[]
}

/** What an open request asks. @throws CHAIN_INCONSISTENT where the endpoint tells none, or another; CHAIN_UNREACHABLE */
export async function findQuestion(
  chain: ChainReader,
  { oracle: address, requestId, contentHash, fromBlock }: RequestEvents,
): Promise<{ readonly input: readonly bigint[]; readonly data: Hex }> {
  const filter = { address, abi: inferenceOracleAbi, args: { requestId }, strict: true } as const
  const found = await searchEvents(chain, fromBlock, (range) =>
    chain.client.getContractEvents({ ...filter, ...range, eventName: 'InferenceRequested' }),
  )
  if (found !== null && hashOf(found.args.input) === contentHash) return found.args
  throw untold('question', requestId)
}

/** How a request was answered. @throws CHAIN_INCONSISTENT where the endpoint tells nothing, or another; CHAIN_UNREACHABLE */
export async function findAnswer(
  chain: ChainReader,
  { oracle: address, requestId, contentHash, fromBlock }: RequestEvents,
): Promise<OracleAnswer> {
  const filter = { address, abi: inferenceOracleAbi, args: { requestId }, strict: true } as const
  const found = await searchEvents(chain, fromBlock, (range) =>
    chain.client.getContractEvents({ ...filter, ...range, eventName: 'InferenceFulfilled' }),
  )
  if (found !== null && hashOf(found.args.statement) === contentHash) return found.args
  throw untold('answer', requestId)
}

function hashOf(words: readonly bigint[]): Hex {
  return keccak256(encodePacked(['uint256[]'], [words]))
}

function untold(what: string, requestId: bigint): ZkserveError {
  return new ZkserveError(
    'CHAIN_INCONSISTENT',
    `the endpoint does not tell the ${what} of request ${requestId}`,
    {
      hints: [
        'It may have forgotten old events: take another, or search from an earlier block by --from-block.',
      ],
    },
  )
}
