import type { ModelFacts } from '#prover/bundle/manifest.js'
import type { VerificationKey } from '#prover/groth16.js'
import type { GivenBuildOptions } from '#service/builds/build-options.js'
import type { JobEvent, JobsClient } from '#service/client/jobs-client.js'
import type { Transport } from '#service/client/transport.js'
import { type TrustedModel, trustModel } from '#service/client/trusted-model.js'
import type { BuildReply, UploadReply } from '#service/http/schemas/build.js'
import type { DescribedModel, ModelEntry } from '#service/http/schemas/model-entry.js'
import type { ModelReport } from '#service/http/schemas/model-report.js'
import type { ModelSolidity } from '#service/http/schemas/model-solidity.js'

export interface ModelPage {
  readonly models: readonly ModelEntry[]
  /** Gives the next page; null after the last. */
  readonly next: string | null
}

/** A model to build. */
export interface Upload {
  /** The ONNX file. */
  readonly model: Blob
  /** Rows to calibrate with: .npz, .npy or JSON. */
  readonly calibration: Blob
  readonly options?: GivenBuildOptions
}

export interface UploadOptions {
  readonly signal?: AbortSignal
  readonly idempotencyKey?: string
}

/** Models that the key's tenant may use. */
export class ModelsClient {
  readonly #transport: Transport
  readonly #jobs: JobsClient

  constructor(transport: Transport, jobs: JobsClient) {
    this.#transport = transport
    this.#jobs = jobs
  }

  /** Newest first. */
  list(query: { limit?: number; cursor?: string; name?: string } = {}): Promise<ModelPage> {
    return this.#transport.json('GET', '/models', { query })
  }

  get(id: string): Promise<DescribedModel> {
    return this.#transport.json('GET', pathOf(id))
  }

  report(id: string): Promise<ModelReport> {
    return this.#transport.json('GET', pathOf(id, 'report'))
  }

  /** How contracts take proofs of the model, and the call that publishes it. */
  solidity(id: string): Promise<ModelSolidity> {
    return this.#transport.json('GET', pathOf(id, 'solidity'))
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

  /** Has a model built, and returns once the service has taken it on. @throws ZkserveClientError */
  upload({ model, calibration, options }: Upload, settings: UploadOptions = {}): Promise<UploadReply> {
    const { signal, idempotencyKey = crypto.randomUUID() } = settings
    const body = new FormData()
    if (options !== undefined) {
      body.set('options', new Blob([JSON.stringify(options)], { type: 'application/json' }))
    }
    body.set('model', model)
    body.set('calibration', calibration)
    const headers = { 'idempotency-key': idempotencyKey }
    return this.#transport.json('POST', '/models', { body, headers, signal, repeatable: true })
  }

  /** Has a model built, and follows it to its end. @throws ZkserveClientError what the build failed with */
  async build(
    upload: Upload,
    options: UploadOptions & { onEvent?: (event: JobEvent) => void } = {},
  ): Promise<BuildReply> {
    const { job } = await this.upload(upload, options)
    return this.#jobs.result<BuildReply>(job.id, options)
  }

  /** @param cancel whether proofs under way are cancelled */
  delete(id: string, { cancel = false }: { cancel?: boolean } = {}): Promise<void> {
    return this.#transport.json('DELETE', pathOf(id), { query: { cancel: cancel || undefined } })
  }
}

function pathOf(id: string, part?: string): string {
  return `/models/${encodeURIComponent(id)}${part === undefined ? '' : `/${part}`}`
}
