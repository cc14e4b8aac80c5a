import { setTimeout } from 'node:timers/promises'
import type { Client } from 'pg'

/** ms between attempts to connect again. */
const pause = 1000
/** ms between questions whether the server still hears us: one who only listens does not notice a dead connection. */
const heartbeat = 5000
/** ms that a connection gets to end in order: a server that is gone never answers the farewell. */
export const farewell = 2000

/**
 * Listens on a channel over a connection of its own, which is made again whenever it breaks.
 * @param onMessage gets `null` after each connection: what was told before it was missed
 * @returns ends the listening
 */
export async function listenPostgres(
  connect: () => Client,
  channel: string,
  onMessage: (message: string | null) => void,
): Promise<() => Promise<void>> {
  const ended = new AbortController()
  let client: Client | null = null
  const run = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      const next = connect()
      const broken = new Promise<void>((resolve) => {
        next.once('end', resolve)
        next.on('error', () => resolve())
      })
      try {
        await next.connect()
        client = next
        next.on('notification', ({ payload }) => onMessage(payload ?? null))
        await next.query(`listen ${channel}`)
        onMessage(null)
        await Promise.race([broken, aborted(ended.signal), silent(next, ended.signal)])
      } catch {
        // The next attempt follows.
      }
      client = null
      await leave(next)
      await setTimeout(pause, null, { signal: ended.signal }).catch(() => undefined)
    }
  }
  const running = run()
  return async () => {
    ended.abort()
    if (client !== null) await leave(client)
    await running
  }
}

/** Ends a connection; whoever does not answer the farewell is not waited for. */
async function leave(client: Client): Promise<void> {
  const end = client.end().catch(() => undefined)
  await Promise.race([end, setTimeout(farewell, null, { ref: false })])
}

/** Settles when a question is not answered within the client's `query_timeout`, or the signal aborts. */
async function silent(client: Client, signal: AbortSignal): Promise<void> {
  try {
    for (;;) {
      await setTimeout(heartbeat, null, { signal })
      await client.query('select 1')
    }
  } catch {
    // Connected again by the caller, unless it ends.
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
