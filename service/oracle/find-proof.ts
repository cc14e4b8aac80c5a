import { encodePacked, keccak256 } from 'viem'
import { toZkserveError, ZkserveError } from '#circuits/errors.js'
import type { Bundle } from '#prover/bundle/load.js'
import { type ModelVersion, readModel } from '#service/chain/read-model.js'
import { type InferenceRequest, readRequest } from '#service/chain/read-request.js'
import type { ServedModels } from '#service/models/served-models.js'
import type { OracleChain } from '#service/oracle/oracle-chain.js'
import type { OracleRequest } from '#service/oracle/oracle-request.js'
import { defaultTenant } from '#service/tenants/tenant.js'

/** What is asked, as registry and bundles here have it. */
export interface AskedModel {
  readonly version: ModelVersion
  /** Null where it is not here. */
  readonly bundle: Bundle | null
}

/**
 * The version that a request pins, and its bundle: one whose verifying key is the registry's.
 * @throws ZkserveError `CHAIN_UNREACHABLE`, `CHAIN_REJECTED`, `STORE_UNAVAILABLE`, `BUNDLE_CORRUPT`
 */
export async function findModel(
  chain: OracleChain,
  models: Pick<ServedModels, 'find'>,
  { modelId, version }: Pick<OracleRequest, 'modelId' | 'version'>,
): Promise<AskedModel> {
  const { registry } = chain
  const found = await readModel(chain, { registry, modelId, version })
  return { version: found, bundle: await findBundle(models, found.vkHash) }
}

async function findBundle(models: Pick<ServedModels, 'find'>, vkHash: string): Promise<Bundle | null> {
  try {
    return await models.find(defaultTenant.id, vkHash)
  } catch (error) {
    if (['MODEL_NOT_FOUND', 'MODEL_NOT_READY'].includes(toZkserveError(error).code)) return null
    throw error
  }
}

/**
 * Where a request stands on chain now.
 * @throws ZkserveError `CHAIN_INCONSISTENT` where it is not the one that its event told of, as in a reorganisation
 */
export async function currentStatus(
  chain: OracleChain,
  { requestId, input }: Pick<OracleRequest, 'requestId' | 'input'>,
): Promise<Exclude<InferenceRequest['status'], 'none'>> {
  const { status, contentHash } = await readRequest(chain, { oracle: chain.oracle, requestId })
  const isAsked = status !== 'open' || contentHash === keccak256(encodePacked(['uint256[]'], [input]))
  if (status !== 'none' && isAsked) return status
  throw new ZkserveError('CHAIN_INCONSISTENT', `request ${requestId} is not what its event told of`)
}
