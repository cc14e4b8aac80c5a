import { ZkserveError } from '#circuits/errors.js'
import type { ServedModels } from '#service/models/served-models.js'

/** A version of a model in the registry contract. */
export interface Registration {
  readonly modelId: bigint
  readonly version: number
}

/** Registry ids as a request gives them. */
export interface GivenRegistration {
  readonly modelId?: string | number | undefined
  readonly version?: number | undefined
}

/** Where the served models are registered. */
export class Registrations {
  readonly #byKey = new Map<string, Registration>()

  /** @param settings `MODEL=ID:VERSION` each. @throws ZkserveError `MODEL_NOT_FOUND` */
  constructor(settings: readonly string[], models: ServedModels) {
    for (const setting of settings) {
      const [, model, modelId, version] = /^(.+)=(\d+):(\d+)$/.exec(setting)!
      const { vkHash } = models.findOwn(model).manifest
      this.#byKey.set(vkHash, { modelId: BigInt(modelId!), version: Number(version) })
    }
  }

  /** The models of the settings, by their verifying keys. */
  get all(): ReadonlyMap<string, Registration> {
    return this.#byKey
  }

  /** The ids that the request gives, else those of the settings, else null. @throws ZkserveError `INVALID_INPUT` */
  find(vkHash: string, { modelId, version = 1 }: GivenRegistration): Registration | null {
    if (modelId === undefined) return this.#byKey.get(vkHash) ?? null
    const text = String(modelId)
    if (!/^\d{1,77}$/.test(text)) {
      throw new ZkserveError('INVALID_INPUT', 'wrong modelId: expected a decimal number below 2^256')
    }
    return { modelId: BigInt(text), version }
  }
}
