import { type Address, type Hex, zeroAddress } from 'viem'
import { modelRegistryAbi } from '#contracts/generated/ModelRegistry.js'
import { type ArchitectureKey, architectureIdOf, spanPoint } from '#prover/weights/architecture.js'
import { asked } from '#service/chain/asked.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { encodeArchitecture } from '#service/chain/encode-publication.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'

/** An architecture that the registry has. */
export interface EnsuredArchitecture {
  readonly id: Hex
  readonly transaction: SentTransaction | null
}

/**
 * Publishes an architecture unless the registry has it.
 *
 * @returns its id, and the transaction where one was needed
 * @throws INVALID_KEY if the key is malformed; CHAIN_REJECTED if the registry's lint refuses it.
 */
export async function ensureArchitecture(
  chain: ChainWriter,
  registry: Address,
  key: ArchitectureKey,
): Promise<EnsuredArchitecture> {
  const span = spanPoint(key)
  const id = architectureIdOf(key.verificationKey, span)
  const call = { address: registry, abi: modelRegistryAbi, functionName: 'architecturePointer' } as const
  const pointer = await asked(() => chain.client.readContract({ ...call, args: [id] }))
  if (pointer !== zeroAddress) return { id, transaction: null }
  const data = encodeArchitecture(key)
  return { id, transaction: await sendTransaction(chain, { to: registry, data }) }
}
