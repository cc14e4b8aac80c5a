import { ZkserveError } from '#circuits/errors.js'
import type { Bundle } from '#prover/bundle/load.js'
import type { ServedModels } from '#service/models/served-models.js'

/** The version of what an operator serves from a directory. */
export const firstVersion = '1'

/** A model by name or hash; without a version, the newest. @throws ZkserveError `MODEL_NOT_FOUND` */
export async function findVersion(
  models: ServedModels,
  tenant: string,
  { model, version }: { readonly model: string; readonly version?: string | undefined },
): Promise<Bundle> {
  const bundle = await models.find(tenant, model)
  if (version === undefined || version === firstVersion) return bundle
  throw new ZkserveError('MODEL_NOT_FOUND', `no version "${version}" of the model "${model}" is served`)
}
