import type { Address } from 'viem'
import { modelRegistryAbi } from '#contracts/generated/ModelRegistry.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import { toChainError } from '#service/chain/to-chain-error.js'

/** Who holds a model's token today, and so publishes its versions. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export async function modelHolder(
  { client }: ChainReader,
  { registry, modelId }: { readonly registry: Address; readonly modelId: bigint },
): Promise<Address> {
  try {
    const call = { address: registry, abi: modelRegistryAbi, functionName: 'ownerOf' } as const
    return await client.readContract({ ...call, args: [modelId] })
  } catch (error) {
    throw toChainError(error)
  }
}
