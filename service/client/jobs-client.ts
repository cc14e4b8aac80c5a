import { createParser } from 'eventsource-parser'
import { fromProblem, ZkserveClientError } from '#service/client/client-error.js'
import { pause } from '#service/client/retry.js'
import type { Transport } from '#service/client/transport.js'
import type { ProofReply } from '#service/http/schemas/inference.js'
import type { JobReply, JobResult } from '#service/http/schemas/job.js'
import type { JobSummary } from '#service/http/schemas/job-list.js'

/** A state that a job entered, and in `running` each stage. */
export interface JobEvent {
  readonly state: JobReply['state']
  readonly stage: JobReply['stage']
  /** ISO 8601. */
  readonly at: string
}

export interface JobPage {
  readonly jobs: readonly JobSummary[]
  /** Gives the next page; null after the last. */
  readonly next: string | null
}

interface Signal {
  readonly signal?: AbortSignal | undefined
}

const open: ReadonlySet<string> = new Set(['queued', 'running'])
/** ms before a stream that broke is opened again. */
const reopening = 1000

/** Jobs of the key's tenant. */
export class JobsClient {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  get(id: string, options: Signal = {}): Promise<JobReply> {
    return this.#transport.json('GET', `/jobs/${encodeURIComponent(id)}`, options)
  }

  /** Newest first. */
  list(query: { limit?: number; cursor?: string; state?: JobReply['state'] } = {}): Promise<JobPage> {
    return this.#transport.json('GET', '/jobs', { query })
  }

  /** Cancels a job; one that has ended stays as it is. */
  cancel(id: string): Promise<JobReply> {
    return this.#transport.json('DELETE', `/jobs/${encodeURIComponent(id)}`)
  }

  /** What a job goes through, from its beginning to its end; a stream that breaks goes on where it was. */
  async *events(id: string, { signal }: Signal = {}): AsyncGenerator<JobEvent, void> {
    let last = ''
    for (;;) {
      const headers = { accept: 'text/event-stream', ...(last === '' ? {} : { 'last-event-id': last }) }
      const path = `/jobs/${encodeURIComponent(id)}/events`
      const response = await this.#transport.send('GET', path, { headers, signal })
      if (response.status === 204) return
      const events: { id: string; event: JobEvent }[] = []
      const parser = createParser({
        onEvent: ({ id: number = '', data }) => events.push({ id: number, event: JSON.parse(data) }),
      })
      try {
        for await (const text of textOf(response)) {
          parser.feed(text)
          for (const { id: number, event } of events.splice(0)) {
            last = number
            yield event
            if (!open.has(event.state)) return
          }
        }
      } catch (cause) {
        if (signal?.aborted) throw new ZkserveClientError('ABORTED', 'the request was given up', { cause })
      }
      await pause(reopening, signal)
    }
  }

  /**
   * The result of a job once it has ended: of a proof, unless the caller knows that the job builds a model.
   * @param onEvent told of every state and stage
   * @throws ZkserveClientError what the job failed with, `CANCELLED`, `EXPIRED`, `ABORTED`
   */
  async result<Result extends JobResult = ProofReply>(
    id: string,
    options: Signal & { onEvent?: (event: JobEvent) => void } = {},
  ): Promise<Result> {
    const { signal, onEvent } = options
    for await (const event of this.events(id, { signal })) onEvent?.(event)
    const { state, result, error } = await this.get(id, { signal })
    if (state === 'succeeded' && result !== null) return result as Result
    if (error !== null) throw fromProblem(error.status, error)
    if (state === 'cancelled') throw new ZkserveClientError('CANCELLED', 'the job was cancelled')
    throw new ZkserveClientError('EXPIRED', 'the deadline of the job passed')
  }
}

async function* textOf(response: Response): AsyncGenerator<string> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
