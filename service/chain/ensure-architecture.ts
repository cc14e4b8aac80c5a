import { type Address, type Hex, zeroAddress } from 'viem'
import { modelRegistryAbi } from '#contracts/generated/ModelRegistry.js'
import { type ArchitectureKey, architectureIdOf, spanPoint } from '#prover/weights/architecture.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { encodeArchitecture } from '#service/chain/encode-publication.js'
import { sendTransaction } from '#service/chain/send-transaction.js'
import { toChainError } from '#service/chain/to-chain-error.js'

/**
 * Publishes an architecture unless the registry has it.
 *
 * @returns its id
 * @throws INVALID_KEY if the key is malformed; CHAIN_REJECTED if the registry's lint refuses it.
 */
export async function ensureArchitecture(
  chain: ChainWriter,
  registry: Address,
  key: ArchitectureKey,
): Promise<Hex> {
  const span = spanPoint(key)
  const id = architectureIdOf(key.verificationKey, span)
  const pointer = await chain.client
    .readContract({
      address: registry,
      abi: modelRegistryAbi,
      functionName: 'architecturePointer',
      args: [id],
    })
    .catch((error: unknown) => {
      throw toChainError(error)
    })
  if (pointer !== zeroAddress) return id
  const data = encodeArchitecture(key)
  await sendTransaction(chain, { to: registry, data })
  return id
}
