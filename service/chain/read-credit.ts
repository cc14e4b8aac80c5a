import type { Address } from 'viem'
import { inferenceOracleAbi } from '#contracts/generated/InferenceOracle.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import { toChainError } from '#service/chain/to-chain-error.js'

/** What an account may withdraw from an InferenceOracle, in wei. @throws CHAIN_UNREACHABLE */
export async function readCredit(
  chain: ChainReader,
  { oracle, account }: { oracle: Address; account: Address },
): Promise<bigint> {
  try {
    return await chain.client.readContract({
      address: oracle,
      abi: inferenceOracleAbi,
      functionName: 'creditOf',
      args: [account],
    })
  } catch (error) {
    throw toChainError(error)
  }
}
