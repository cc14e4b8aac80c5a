import { boundedText } from '#service/bounded-text.js'
import { fromProblem, ZkserveClientError } from '#service/client/client-error.js'
import { pause, retryDelay } from '#service/client/retry.js'

export interface ClientOptions {
  /** Base address of the service. */
  readonly url: string
  /** Where the service asks for keys. */
  readonly apiKey?: string
  /** ms without an answer after which an attempt counts as lost, and as much again for its text; 30,000 by default. */
  readonly timeout?: number
  /** Bytes of an answer that are read at most, where the service is not trusted; any number by default. */
  readonly largest?: number
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

/** Bytes of a refusal that are read at most. */
const largestProblem = 1_048_576

/** An answer whose body is not read yet, and what gives it up. */
interface Answer {
  readonly response: Response
  readonly lost: AbortController
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
    const { response, lost } = await this.#send(method, path, options)
    const { status } = response
    if (status === 204) return undefined as Reply
    const { largest = Number.POSITIVE_INFINITY } = this.#options
    const timer = this.#limit(lost, options)
    try {
      return JSON.parse(await boundedText(response, largest)) as Reply
    } catch (cause) {
      if (options.signal?.aborted)
        throw new ZkserveClientError('ABORTED', 'the request was given up', { cause })
      if (lost.signal.aborted)
        throw new ZkserveClientError('NO_ANSWER', `${method} ${path}: the answer does not end`, { cause })
      const what = cause instanceof RangeError ? `too large: ${cause.message}` : 'not JSON'
      throw new ZkserveClientError('UNEXPECTED_REPLY', `the reply is ${what}`, { status, cause })
    } finally {
      clearTimeout(timer)
    }
  }

  /** A reply with a status below 400; its body is not read. @throws ZkserveClientError */
  async send(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
    return (await this.#send(method, path, options)).response
  }

  async #send(method: string, path: string, options: RequestOptions): Promise<Answer> {
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

  /** Gives an attempt up when its time is over. */
  #limit(lost: AbortController, { patience = 0 }: RequestOptions): ReturnType<typeof setTimeout> {
    const { timeout = 30_000 } = this.#options
    return setTimeout(() => lost.abort(), timeout + patience)
  }

  async #attempt(method: string, path: string, options: RequestOptions): Promise<Answer> {
    const { fetch = globalThis.fetch, apiKey } = this.#options
    const { body, headers = {}, query = {}, signal } = options
    const search = new URLSearchParams()
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) search.set(name, String(value))
    const isForm = body instanceof FormData
    const lost = new AbortController()
    const timer = this.#limit(lost, options)
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
    if (response.status < 400) return { response, lost }
    throw fromProblem(response.status, await this.#problem({ response, lost }, options))
  }

  /** What a refusal says; null where it is no JSON, too large, or does not end. */
  async #problem({ response, lost }: Answer, options: RequestOptions): Promise<unknown> {
    const timer = this.#limit(lost, options)
    try {
      return JSON.parse(await boundedText(response, largestProblem))
    } catch {
      return null
    } finally {
      clearTimeout(timer)
    }
  }
}
