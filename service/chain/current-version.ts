import type { Address } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { modelRegistryAbi } from '#contracts/generated/ModelRegistry.js'
import { asked } from '#service/chain/asked.js'
import type { ChainReader } from '#service/chain/connect-chain.js'

/** The number of a model's newest version. @throws CHAIN_REJECTED where there is no such model, CHAIN_UNREACHABLE */
export async function currentVersion(
  { client }: ChainReader,
  { registry, modelId }: { readonly registry: Address; readonly modelId: bigint },
): Promise<number> {
  const call = { address: registry, abi: modelRegistryAbi, functionName: 'currentVersion' } as const
  const version = await asked(() => client.readContract({ ...call, args: [modelId] }))
  if (version > 0) return version
  throw new ZkserveError('CHAIN_REJECTED', `there is no model ${modelId} at ${registry}`, {
    hints: ['Check the number, the registry and the chain.'],
    details: { reason: 'ModelNotFound' },
  })
}
