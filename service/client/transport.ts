import { fromProblem, ZkserveClientError } from '#service/client/client-error.js'
import { pause, retryDelay } from '#service/client/retry.js'

export interface ClientOptions {
  /** Base address of the service. */
  readonly url: string
  /** Where the service asks for keys. */
  readonly apiKey?: string
  /** ms without an answer after which an attempt counts as lost; 30,000 by default. */
  readonly timeout?: number
  /** Attempts after the first; 4 by default. */
  readonly retries?: number
  /** By default the platform's. */
  readonly fetch?: typeof globalThis.fetch
}

export interface RequestOptions {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly signal?: AbortSignal | undefined
  /** Sending it twice does no harm; so by default for all but POST. */
  readonly repeatable?: boolean
  /** ms that the service may take beside the time-out: it was asked to wait. */
  readonly patience?: number
}

/** Requests to one service: JSON in and out, problems as errors, attempts repeated where that is safe. */
export class Transport {
  readonly #options: ClientOptions
  readonly #base: string

  constructor(options: ClientOptions) {
    this.#options = options
    this.#base = options.url.replace(/\/+$/, '')
  }

  /** @throws ZkserveClientError */
  async json<Reply>(method: string, path: string, options: RequestOptions = {}): Promise<Reply> {
    const response = await this.send(method, path, options)
    if (response.status === 204) return undefined as Reply
    try {
      return (await response.json()) as Reply
    } catch (cause) {
      throw new ZkserveClientError('UNEXPECTED_REPLY', 'the reply is not JSON', {
        status: response.status,
        cause,
      })
    }
  }

  /** A reply with a status below 400; its body is not read. @throws ZkserveClientError */
  async send(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
    const { repeatable = method !== 'POST', signal } = options
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(method, path, options)
      } catch (thrown) {
        const error = thrown as ZkserveClientError
        const delay = retryDelay(error, attempt, repeatable)
        if (delay === null || attempt > (this.#options.retries ?? 4)) throw error
        await pause(delay, signal)
      }
    }
  }

  async #attempt(method: string, path: string, options: RequestOptions): Promise<Response> {
    const { fetch = globalThis.fetch, apiKey, timeout = 30_000 } = this.#options
    const { body, headers = {}, query = {}, signal, patience = 0 } = options
    const search = new URLSearchParams()
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) search.set(name, String(value))
    const isForm = body instanceof FormData
    const lost = new AbortController()
    const timer = setTimeout(() => lost.abort(), timeout + patience)
    let response: Response
    try {
      response = await fetch(`${this.#base}${path}${search.size > 0 ? `?${search}` : ''}`, {
        method,
        headers: {
          ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
          ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
        // No redirects: they could carry the key elsewhere.
        redirect: 'error',
        signal: signal === undefined ? lost.signal : AbortSignal.any([signal, lost.signal]),
      })
    } catch (cause) {
      if (signal?.aborted) throw new ZkserveClientError('ABORTED', 'the request was given up', { cause })
      if (lost.signal.aborted) {
        throw new ZkserveClientError('NO_ANSWER', `${method} ${path}: no answer in time`, { cause })
      }
      throw new ZkserveClientError('NETWORK', `${method} ${path}: the service cannot be reached`, { cause })
    } finally {
      clearTimeout(timer)
    }
    if (response.status < 400) return response
    throw fromProblem(response.status, await response.json().catch(() => null))
  }
}
