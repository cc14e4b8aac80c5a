import type { Address } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import type { VersionFlag } from '#service/cli/chain-options.js'

/** @throws ZkserveError `USAGE` where a registered version has another key than a bundle; `CHAIN_REJECTED` */
export async function requireVersion(
  chain: ChainReader,
  registry: Address,
  { modelId, version }: VersionFlag,
  vkHash: string,
): Promise<void> {
  const { readModel } = await import('#service/chain/read-model.js')
  const registered = await readModel(chain, { registry, modelId, version })
  if (registered.vkHash === vkHash) return
  throw new ZkserveError(
    'USAGE',
    `version ${version} of model ${modelId} is not the bundle: its key is another`,
    {
      hints: ['Name the number under which this bundle is registered with --model.'],
    },
  )
}
