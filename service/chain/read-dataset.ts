import type { Address, Hex } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { datasetRegistryAbi } from '#contracts/generated/DatasetRegistry.js'
import { asked } from '#service/chain/asked.js'
import type { ChainReader } from '#service/chain/connect-chain.js'

/** The newest version of a dataset, as the registry holds it. */
export interface DatasetVersion {
  readonly version: number
  readonly contentHash: Hex
  readonly licenceHash: Hex
  readonly uri: string
}

/** @throws CHAIN_REJECTED where there is none; CHAIN_UNREACHABLE */
export async function readDataset(
  { client }: ChainReader,
  { registry, datasetId }: { readonly registry: Address; readonly datasetId: bigint },
): Promise<DatasetVersion> {
  const contract = { address: registry, abi: datasetRegistryAbi } as const
  const version = await asked(() =>
    client.readContract({ ...contract, functionName: 'currentVersion', args: [datasetId] }),
  )
  if (version === 0)
    throw new ZkserveError('CHAIN_REJECTED', `there is no dataset ${datasetId} at ${registry}`, {
      hints: ['Check the number, the registry and the chain.'],
      details: { reason: 'DatasetNotFound' },
    })
  const call = { ...contract, functionName: 'getVersion', args: [datasetId, version] } as const
  return { version, ...(await asked(() => client.readContract(call))) }
}
