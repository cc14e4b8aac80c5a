import type { Address } from 'viem'
import { creditsAbi } from '#contracts/generated/Credits.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import { toChainError } from '#service/chain/to-chain-error.js'

/** What an account may withdraw from a contract that keeps credits, in wei. @throws CHAIN_UNREACHABLE */
export async function readCredit(
  chain: ChainReader,
  { contract, account }: { contract: Address; account: Address },
): Promise<bigint> {
  try {
    return await chain.client.readContract({
      address: contract,
      abi: creditsAbi,
      functionName: 'creditOf',
      args: [account],
    })
  } catch (error) {
    throw toChainError(error)
  }
}
