import { hashTypedData, recoverTypedDataAddress } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { GrantsOnChain } from '#service/access/grants-on-chain.js'
import {
  type AccessTerms,
  type AccessTypedData,
  accessHeader,
  accessTypedData,
  longestRequest,
} from '#service/access/inference-request.js'
import { readAccessHeader } from '#service/access/read-header.js'
import { SpentRequests } from '#service/access/spent-requests.js'
import type { Config } from '#service/config/schema.js'
import type { Database } from '#service/database/open-database.js'
import type { ServedModels } from '#service/models/served-models.js'

/** What of a request the gate looks at. */
export interface GateRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** keccak256 of the body's bytes, where the request is signed. */
  readonly bodyDigest: `0x${string}` | null
}

/** A request that may be answered, once. */
export interface Permit {
  readonly requester: string
  /** @throws ZkserveError `ACCESS_REPLAYED` */
  spend(): Promise<void>
  /** What was not taken on in the end may come again. */
  release(): Promise<void>
}

type Registered = Pick<AccessTerms, 'registry' | 'modelId' | 'version'>

/** Asks for a grant where a model's owner wants one. */
export class AccessGate {
  readonly #byKey: ReadonlyMap<string, Registered>
  readonly #chain: GrantsOnChain
  readonly #spent: SpentRequests

  /** @throws ZkserveError `MODEL_NOT_FOUND` for a setting of a model that is not there */
  constructor(config: Config, models: ServedModels, database: Database) {
    this.#byKey = new Map(config.access.map((setting) => readSetting(setting, models)))
    const grants = config.accessGrants as `0x${string}`
    this.#chain = new GrantsOnChain({ rpcUrl: config.accessRpc, grants, cache: config.accessCache })
    this.#spent = new SpentRequests(database)
  }

  /** Whether some model asks for grants. */
  get guards(): boolean {
    return this.#byKey.size > 0
  }

  /**
   * Who makes the request, and that it may; null where the model asks for no grant.
   * @throws ZkserveError `ACCESS_SIGNATURE_REQUIRED`, `ACCESS_SIGNATURE_INVALID`, `ACCESS_DENIED`, `CHAIN_UNREACHABLE`
   */
  async admit({ headers, bodyDigest }: GateRequest, vkHash: string): Promise<Permit | null> {
    const registered = this.#byKey.get(vkHash)
    if (registered === undefined) return null
    const terms = { ...registered, chainId: await this.#chain.chainId(), grants: this.#chain.grants }
    const header = headers[accessHeader]
    if (typeof header !== 'string' || bodyDigest === null) throw unsigned(terms)
    const { signature, ...sent } = readAccessHeader(header)
    const now = Math.floor(Date.now() / 1000)
    if (sent.deadline < now) throw invalid('the deadline of the signed request passed')
    if (sent.deadline > now + longestRequest)
      throw invalid('the deadline of the signed request is over an hour ahead')
    const data = accessTypedData(terms, { ...sent, body: bodyDigest })
    const byKey = await isSignedByKey(data, signature)
    const until = await this.#chain.until(terms, sent.requester)
    if (until < now) throw denied(terms, sent.requester)
    if (!byKey && !(await this.#chain.isSignedByContract(data, signature))) {
      throw invalid(
        'the signature is not of the requester, or is for another request, model, contract or chain',
      )
    }
    const digest = hashTypedData(data)
    return {
      requester: sent.requester,
      spend: () => this.#spent.spend(digest, sent.deadline),
      release: () => this.#spent.release(digest),
    }
  }
}

async function isSignedByKey(data: AccessTypedData, signature: `0x${string}`): Promise<boolean> {
  try {
    const signer = await recoverTypedDataAddress({ ...data, signature })
    return signer.toLowerCase() === data.message.requester
  } catch {
    return false // no signature of a key; a contract may still know it
  }
}

/** `MODEL=REGISTRY:ID:VERSION`; the hash of a verifying key also names models that are in the store alone. */
function readSetting(setting: string, models: ServedModels): readonly [string, Registered] {
  const [, model, registry, modelId, version] = /^(.+)=(0x[0-9a-fA-F]{40}):(\d+):(\d+)$/.exec(setting)!
  const vkHash = /^0x[0-9a-f]{64}$/.test(model!) ? model! : models.findOwn(model).manifest.vkHash
  return [
    vkHash,
    { registry: registry as `0x${string}`, modelId: BigInt(modelId!), version: Number(version) },
  ]
}

function unsigned({ chainId, grants, registry, modelId, version }: AccessTerms): ZkserveError {
  const details = { chainId, grants, registry, modelId: String(modelId), version }
  return new ZkserveError(
    'ACCESS_SIGNATURE_REQUIRED',
    'this model answers holders of a grant, by signed request',
    {
      details,
    },
  )
}

function invalid(message: string): ZkserveError {
  return new ZkserveError('ACCESS_SIGNATURE_INVALID', message)
}

function denied({ modelId, version }: AccessTerms, requester: string): ZkserveError {
  const message = `${requester} may not use version ${version} of model ${modelId}`
  return new ZkserveError('ACCESS_DENIED', message)
}
