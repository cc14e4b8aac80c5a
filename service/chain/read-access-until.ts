import type { Address } from 'viem'
import { accessGrantsAbi } from '#contracts/generated/AccessGrants.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import { toChainError } from '#service/chain/to-chain-error.js'

/**
 * Last second, since 1970, at which an account may use a version of a model, by the latest block; 0 for none.
 *
 * @throws CHAIN_UNREACHABLE; CHAIN_REJECTED if there is no such contract
 */
export async function readAccessUntil(
  chain: ChainReader,
  asked: {
    readonly grants: Address
    readonly registry: Address
    readonly modelId: bigint
    readonly version: number
    readonly account: Address
  },
): Promise<number> {
  const { grants, registry, modelId, version, account } = asked
  try {
    return await chain.client.readContract({
      address: grants,
      abi: accessGrantsAbi,
      functionName: 'accessUntil',
      args: [registry, modelId, version, account],
    })
  } catch (error) {
    throw toChainError(error)
  }
}
