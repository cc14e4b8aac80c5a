import { ZkserveError } from '#circuits/errors.js'
import type { AccessTerms, AccessTypedData } from '#service/access/inference-request.js'
import { type ChainReader, connectChain } from '#service/chain/connect-chain.js'
import { readAccessUntil } from '#service/chain/read-access-until.js'

export interface GrantsOptions {
  readonly rpcUrl: string
  /** Address of the AccessGrants. */
  readonly grants: `0x${string}`
  /** ms for which a grant that was seen is taken to stand; 0 for not at all. */
  readonly cache: number
}

/** Refusals are believed for a second at most: whoever has just bought a grant does not wait. */
const longestRefusal = 1000
/** Answers remembered at once. */
const most = 10_000

/** Grants as a chain has them, remembered for a moment. */
export class GrantsOnChain {
  readonly grants: `0x${string}`
  readonly #options: GrantsOptions
  readonly #known = new Map<string, { readonly until: number; readonly goodTo: number }>()
  #reader: Promise<ChainReader> | null = null

  constructor(options: GrantsOptions) {
    this.grants = options.grants
    this.#options = options
  }

  /** @throws ZkserveError `CHAIN_UNREACHABLE` */
  async chainId(): Promise<number> {
    return (await this.#chain()).chainId
  }

  /**
   * Last second at which an account may use a version of a model, 0 for none, by the latest block.
   * @throws ZkserveError `CHAIN_UNREACHABLE`
   */
  async until(terms: AccessTerms, account: `0x${string}`): Promise<number> {
    const key = `${terms.registry}:${terms.modelId}:${terms.version}:${account}`
    const now = performance.now()
    const known = this.#known.get(key)
    if (known !== undefined && now < known.goodTo) return known.until
    const chain = await this.#chain()
    const until = await readAccessUntil(chain, { ...terms, account }).catch(unreadable)
    const { cache } = this.#options
    const stands = until >= Date.now() / 1000
    this.#known.delete(key)
    this.#known.set(key, { until, goodTo: now + (stands ? cache : Math.min(cache, longestRefusal)) })
    if (this.#known.size > most) this.#known.delete(this.#known.keys().next().value!)
    return until
  }

  /** Whether a contract account says that the signature is its own (ERC-1271). @throws ZkserveError `CHAIN_UNREACHABLE` */
  async isSignedByContract(data: AccessTypedData, signature: `0x${string}`): Promise<boolean> {
    const { client } = await this.#chain()
    return client.verifyTypedData({ ...data, address: data.message.requester, signature }).catch(unreadable)
  }

  /** Connected when first needed, so that the service starts without its chain; a failure is tried again. */
  #chain(): Promise<ChainReader> {
    this.#reader ??= connectChain({ rpcUrl: this.#options.rpcUrl, timeout: 10_000 }).catch(
      (error: unknown) => {
        this.#reader = null
        throw error
      },
    )
    return this.#reader
  }
}

/** Whatever is wrong with the chain or the setting: it is not for who asks to mend. */
function unreadable(cause: unknown): never {
  throw new ZkserveError('CHAIN_UNREACHABLE', 'the grants cannot be read from their chain', { cause })
}
