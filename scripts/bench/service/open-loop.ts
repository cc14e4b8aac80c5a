import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Load {
  readonly url: string
  readonly body: string
  /** Requests per second. */
  readonly rate: number
  /** ms. */
  readonly time: number
}

export interface LoadResult {
  /** ms from the time at which each request was due to its answer: a server that stalls is not spared the requests of the stall. */
  readonly latencies: readonly number[]
  /** Answers by status; 0 for broken connections. */
  readonly statuses: Readonly<Record<number, number>>
}

/** Sends POST requests at a fixed rate, however long the answers take. */
export async function openLoop({ url, body, rate, time }: Load): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: 512 })
  const latencies: number[] = []
  const statuses: Record<number, number> = {}
  const answers: Promise<void>[] = []
  const start = performance.now()
  const count = Math.floor((rate * time) / 1000)
  for (let sent = 0; sent < count; ) {
    const due = start + (sent * 1000) / rate
    const early = due - performance.now()
    if (early > 0) {
      await sleep(Math.min(early, 1))
      continue
    }
    sent++
    answers.push(
      post(agent, url, body).then((status) => {
        latencies.push(performance.now() - due)
        statuses[status] = (statuses[status] ?? 0) + 1
      }),
    )
  }
  await Promise.all(answers)
  agent.destroy()
  return { latencies, statuses }
}

function post(agent: Agent, url: string, body: string): Promise<number> {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const sent = request(url, { agent, method: 'POST', headers }, (response) => {
      response.resume()
      response.once('close', () => resolve(response.complete ? response.statusCode! : 0))
    })
    sent.once('error', () => resolve(0))
    sent.end(body)
  })
}

/** The value below which a share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const ascending = values.toSorted((a, b) => a - b)
  const value = ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)]
  if (value === undefined) throw new RangeError('no values')
  return value
}
