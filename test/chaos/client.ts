import { setTimeout as sleep } from 'node:timers/promises'
import type { RandomSource } from '../support/random-source.js'
import { type Accepted, type InferBody, type Ledger, unexpected } from './ledger.js'

/** ms after which a client gives an answer up and asks again. */
const patience = 5000

interface Reply {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: replies of many routes
  readonly body: any
}

/** Asks any API; null where the connection broke. */
export async function ask(url: string, init: RequestInit = {}): Promise<Reply | null> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(patience) })
    const text = await response.text()
    return { status: response.status, body: text === '' ? null : JSON.parse(text) }
  } catch {
    return null
  }
}

export interface ClientOptions {
  /** Addresses of the APIs, as they are now. */
  readonly apis: () => readonly string[]
  readonly ledger: Ledger
  readonly random: RandomSource
  readonly body: (number: number) => InferBody
  /** Longest pause between two requests, in ms. */
  readonly pause: number
}

/** A client that sends every request until it is acknowledged, and writes down what it was promised. */
export class ChaosClient {
  readonly #options: ClientOptions

  constructor(options: ClientOptions) {
    this.#options = options
  }

  /** Sends requests one after another, numbered from `first` in steps of `step`. */
  async run(first: number, step: number, signal: AbortSignal): Promise<void> {
    const { random, ledger, pause } = this.#options
    for (let number = first; !signal.aborted; number += step) {
      const accepted = await this.#submit(number, signal)
      if (accepted !== null) {
        ledger.accepted.set(accepted.key, accepted)
        if (accepted.id !== null && random.below(30) === 0) await this.#cancel(accepted)
        if (random.below(5) === 0) await this.repeat(accepted)
      }
      if (random.below(4) === 0) await this.look()
      await sleep(random.below(pause))
    }
  }

  /** Sends an acknowledged request again: it must be answered as before. */
  async repeat({ key, body, id, integers }: Accepted): Promise<boolean> {
    const { ledger } = this.#options
    const reply = await this.#infer(key, body, id === null)
    if (reply === null || !(reply.status === 200 || reply.status === 202)) return false
    ledger.counts.repeated++
    const same = (reply.body.job?.id ?? null) === id && JSON.stringify(reply.body.integers) === integers
    if (!same) unexpected(ledger, `${key} was answered otherwise the second time`)
    return true
  }

  /** Looks at an accepted job whose end is not known yet, and writes its end down. */
  async look(): Promise<void> {
    const { random, ledger } = this.#options
    const open = [...ledger.accepted.values()].filter(({ id, end }) => id !== null && end === null)
    if (open.length > 0) await this.settle(random.pick(open))
  }

  /** Whether the job has ended; writes down how. */
  async settle(accepted: Accepted): Promise<boolean> {
    const reply = await ask(`${this.#api()}/jobs/${accepted.id}`)
    if (reply?.status === 404) unexpected(this.#options.ledger, `${accepted.key} is not found`)
    if (reply?.status !== 200) return false
    const end = endOf(reply.body)
    if (end === null) return false
    if (accepted.end !== null && accepted.end !== end) {
      unexpected(this.#options.ledger, `${accepted.key} ended twice`)
    }
    accepted.end = end
    return true
  }

  async #submit(number: number, signal: AbortSignal): Promise<Accepted | null> {
    const { ledger, random } = this.#options
    const body = this.#options.body(number)
    const key = `chaos-${number}`
    const waits = random.below(10) === 0
    while (!signal.aborted) {
      const reply = await this.#infer(key, body, waits)
      if (reply?.status === 200 || reply?.status === 202) {
        const { job, integers } = reply.body
        const end = reply.status === 200 ? JSON.stringify({ state: 'succeeded', result: reply.body }) : null
        return { key, body, id: job?.id ?? null, integers: JSON.stringify(integers), cancelled: null, end }
      }
      if (reply !== null && isFailedJob(reply)) return null
      await sleep(250)
    }
    return null

    function isFailedJob({ status, body: problem }: Reply): boolean {
      const expected = [409, 429, 503].includes(status)
      // Of one that waits, the job's own end is the answer.
      const ended = waits && ['WORKER_LOST', 'EXPIRED'].includes(problem.code)
      if (!expected && !ended) unexpected(ledger, `${key}: ${status} ${problem.code} ${problem.detail}`)
      return !expected
    }
  }

  async #infer(key: string, body: InferBody, waits: boolean): Promise<Reply | null> {
    const { counts } = this.#options.ledger
    counts.requests++
    const reply = await ask(`${this.#api()}/infer`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': key,
        prefer: waits ? 'wait=4' : 'respond-async',
      },
      body: JSON.stringify(body),
    })
    if (reply === null) counts.broken++
    else if (reply.status >= 400) counts.refused++
    return reply
  }

  async #cancel(accepted: Accepted): Promise<void> {
    const reply = await ask(`${this.#api()}/jobs/${accepted.id}`, { method: 'DELETE' })
    if (reply?.status === 200) accepted.cancelled = reply.body.state
  }

  #api(): string {
    return this.#options.random.pick(this.#options.apis())
  }
}

/** The end of a job as text, null while it has none. */
function endOf({ state, result, error }: Reply['body']): string | null {
  if (state === 'queued' || state === 'running') return null
  // The problem names the request that asks.
  return JSON.stringify({ state, result, error: error?.code })
}
