import type { Address, Hex } from 'viem'
import { inferenceOracleAbi } from '#contracts/generated/InferenceOracle.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import {
  type SearchedRequest,
  searchAnswer,
  searchQuestion,
  type ToldAnswer,
} from '#service/chain/request-events.js'

type OracleRequestEvents = SearchedRequest & { readonly oracle: Address }

const abi = inferenceOracleAbi

/** What an open request asks. @throws CHAIN_INCONSISTENT where the endpoint tells none, or another; CHAIN_UNREACHABLE */
export function findQuestion(
  chain: ChainReader,
  { oracle: address, ...request }: OracleRequestEvents,
): Promise<{ readonly input: readonly bigint[]; readonly data: Hex }> {
  const { requestId } = request
  const filter = { address, abi, eventName: 'InferenceRequested', args: { requestId }, strict: true } as const
  return searchQuestion(chain, request, (range) => chain.client.getContractEvents({ ...filter, ...range }))
}

/** How a request was answered, for `fee` in wei. @throws as {@link findQuestion} */
export function findAnswer(
  chain: ChainReader,
  { oracle: address, ...request }: OracleRequestEvents,
): Promise<ToldAnswer & { readonly fee: bigint }> {
  const { requestId } = request
  const filter = { address, abi, eventName: 'InferenceFulfilled', args: { requestId }, strict: true } as const
  return searchAnswer(chain, request, (range) => chain.client.getContractEvents({ ...filter, ...range }))
}
