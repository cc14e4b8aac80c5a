import { toZkserveError, ZkserveError } from '#circuits/errors.js'
import type { Bundle } from '#prover/bundle/load.js'
import type { VisibleModel } from '#service/http/schemas/model-entry.js'
import type { Services } from '#service/http/services.js'

type Asked = Pick<Services, 'models' | 'catalogue'>

/**
 * The model that an id stands for, ready or not: as `ServedModels.find` chooses it, but for models that are not ready.
 * @throws ZkserveError `MODEL_NOT_FOUND`, `INVALID_REQUEST` where the id fits several
 */
export async function findVisible(
  { models, catalogue }: Asked,
  tenant: string,
  id: string,
): Promise<VisibleModel> {
  const registered = await catalogue.registry.find(tenant, id)
  const isOwn = registered !== null && registered.tenant !== null
  if (isOwn && (registered.state === 'ready' || registered.id === id)) return { registered, bundle: null }
  const bundle = given(models, id)
  if (bundle !== null) return { registered: null, bundle }
  if (registered !== null) return { registered, bundle: null }
  throw new ZkserveError('MODEL_NOT_FOUND', `no model "${id}" is served`)
}

/** Whether a model is the tenant's, by its verifying key. */
export async function isOwn({ catalogue }: Asked, tenant: string, vkHash: string): Promise<boolean> {
  return (await catalogue.registry.find(tenant, vkHash))?.tenant === tenant
}

/** Bundles that this process was given, and that are not in the registry for all to see. */
export function unregistered({ models }: Asked): readonly Bundle[] {
  return models.bundles.filter((bundle) => models.storedDigest(bundle) === null)
}

function given(models: Services['models'], id: string): Bundle | null {
  try {
    return models.findOwn(id)
  } catch (error) {
    if (toZkserveError(error).code === 'MODEL_NOT_FOUND') return null
    throw error
  }
}
