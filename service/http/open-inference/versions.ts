import { ZkserveError } from '#circuits/errors.js'
import type { Bundle } from '#prover/bundle/load.js'
import type { Services } from '#service/http/services.js'

/** The version of what an operator serves from a directory, without a store. */
const onlyVersion = '1'

/** Versions that a list shows at most, the newest. */
const most = 100

/** Where a model is asked for. */
export interface ModelPath {
  /** Name or hash. */
  readonly model: string
  /** The newest where it is left out. */
  readonly version?: string | undefined
}

export interface FoundVersion {
  readonly bundle: Bundle
  readonly version: string
}

type Asked = Pick<Services, 'models' | 'catalogue'>

/** @throws ZkserveError `MODEL_NOT_FOUND`, `MODEL_NOT_READY` */
export async function findVersion(services: Asked, tenant: string, path: ModelPath): Promise<FoundVersion> {
  const { model, version } = path
  const bundle = await services.models.find(tenant, model)
  const found = await versionOf(services, tenant, bundle)
  if (version === undefined || version === found) return { bundle, version: found }
  if (!/^[1-9]\d{0,8}$/.test(version)) throw notServed(path)
  const other = await services.models.find(tenant, `${bundle.manifest.name}:${version}`)
  return { bundle: other, version }
}

/** The versions that may be asked for, oldest first. */
export async function versionsOf(
  { catalogue }: Asked,
  tenant: string,
  { bundle, version }: FoundVersion,
): Promise<string[]> {
  const { name } = bundle.manifest
  const { models } = await catalogue.registry.list(tenant, { name, limit: most })
  const ready = models.filter(({ state }) => state === 'ready').map((model) => model.version)
  return [...new Set([...ready, Number(version)])].sort((a, b) => a - b).map(String)
}

async function versionOf({ catalogue }: Asked, tenant: string, { manifest }: Bundle): Promise<string> {
  const registered = await catalogue.registry.find(tenant, manifest.vkHash)
  return registered === null ? onlyVersion : String(registered.version)
}

function notServed({ model, version }: ModelPath): ZkserveError {
  return new ZkserveError('MODEL_NOT_FOUND', `no version "${version}" of the model "${model}" is served`)
}
