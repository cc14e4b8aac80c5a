import type { Address, Hex } from 'viem'
import { modelRegistryAbi } from '#contracts/generated/ModelRegistry.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import { toChainError } from '#service/chain/to-chain-error.js'

/** A key, and the architecture that it should be a version of. */
export interface CommittedKeyQuery {
  readonly registry: Address
  readonly vkHash: Hex
  readonly architectureId: Hex
}

/**
 * Whether the registry made a key from this architecture and a commitment to weights that passed its span check: to
 * ask once, before a version is relied on. @throws CHAIN_UNREACHABLE
 */
export async function isCommittedUnder(
  chain: ChainReader,
  { registry, vkHash, architectureId }: CommittedKeyQuery,
): Promise<boolean> {
  try {
    return await chain.client.readContract({
      address: registry,
      abi: modelRegistryAbi,
      functionName: 'isCommittedUnder',
      args: [vkHash, architectureId],
    })
  } catch (error) {
    throw toChainError(error)
  }
}
