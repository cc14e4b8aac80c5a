import { type Address, type Hex, parseEventLogs } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { modelRegistryAbi } from '#contracts/generated/ModelRegistry.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { encodePublication, type PublishedModel } from '#service/chain/encode-publication.js'
import { type EnsuredArchitecture, ensureArchitecture } from '#service/chain/ensure-architecture.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'

/** What is registered of a model, and where. */
export interface ModelRegistration extends PublishedModel {
  readonly registry: Address
}

/** A model on chain. */
export interface RegisteredModel {
  readonly modelId: bigint
  readonly version: number
  readonly vkHash: Hex
  readonly transaction: SentTransaction
  /** With committed weights alone. */
  readonly architecture: EnsuredArchitecture | null
}

/**
 * Registers a model with its key in one transaction, or its next version; the sender owns it. The architecture of
 * committed weights takes one more transaction, once for all versions.
 *
 * @throws INVALID_KEY if the key is malformed; CHAIN_REJECTED if the registry's lint refuses it.
 */
export async function registerModel(chain: ChainWriter, model: ModelRegistration): Promise<RegisteredModel> {
  const { registry, weights } = model
  const { data, commitment } = encodePublication(model)
  const architecture =
    weights === undefined ? null : await ensureArchitecture(chain, registry, weights.architectureKey)
  const transaction = await sendTransaction(chain, { to: registry, data })
  const [published] = parseEventLogs({
    abi: modelRegistryAbi,
    eventName: 'VersionPublished',
    logs: transaction.receipt.logs,
  })
  if (!published) throw new ZkserveError('CHAIN_REJECTED', 'the registry did not publish a version')
  return {
    modelId: published.args.modelId,
    version: published.args.version,
    vkHash: commitment.vkHash,
    transaction,
    architecture,
  }
}
