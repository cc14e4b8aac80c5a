import { type Address, encodeFunctionData } from 'viem'
import { modelRegistryAbi } from '#contracts/generated/ModelRegistry.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'

/** As in the contract's enum `VersionStatus`. */
const statuses = { deprecated: 2, revoked: 3 } as const

/**
 * Deprecates or revokes a version of the sender's model; there is no way back.
 *
 * @throws CHAIN_REJECTED with `details.reason` NotModelOwner, VersionNotFound, StatusNotForward; CHAIN_UNREACHABLE
 */
export function setModelStatus(
  chain: ChainWriter,
  {
    registry,
    modelId,
    version,
    status,
  }: { registry: Address; modelId: bigint; version: number; status: keyof typeof statuses },
): Promise<SentTransaction> {
  const args = [modelId, version, statuses[status]] as const
  const data = encodeFunctionData({ abi: modelRegistryAbi, functionName: 'setVersionStatus', args })
  return sendTransaction(chain, { to: registry, data })
}
