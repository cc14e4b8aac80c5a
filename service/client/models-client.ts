import type { Static } from 'typebox'
import type { ModelFacts } from '#prover/bundle/manifest.js'
import type { VerificationKey } from '#prover/groth16.js'
import type { Transport } from '#service/client/transport.js'
import { type TrustedModel, trustModel } from '#service/client/trusted-model.js'
import type { modelSchema } from '#service/http/schemas/model.js'

export type ModelReply = Static<typeof modelSchema>

/** Models that the key's tenant may use. */
export class ModelsClient {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  get(id: string): Promise<ModelReply> {
    return this.#transport.json('GET', pathOf(id))
  }

  verificationKey(id: string): Promise<VerificationKey> {
    return this.#transport.json('GET', pathOf(id, 'verification-key'))
  }

  manifest(id: string): Promise<ModelFacts> {
    return this.#transport.json('GET', pathOf(id, 'manifest'))
  }

  /**
   * What checking answers takes, with the key of the hash that the caller trusts.
   * @throws ZkserveError `INVALID_KEY` where the service gives another key
   */
  async trusted(id: string, vkHash: string): Promise<TrustedModel> {
    return trustModel(vkHash, await this.manifest(id), await this.verificationKey(id))
  }
}

function pathOf(id: string, part?: string): string {
  return `/models/${encodeURIComponent(id)}${part === undefined ? '' : `/${part}`}`
}
