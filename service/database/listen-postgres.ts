import { setTimeout } from 'node:timers/promises'
import type { Client } from 'pg'

/** ms between attempts to connect again. */
const pause = 1000
/** ms between questions whether the server still hears us: one who only listens does not notice a dead connection. */
const heartbeat = 5000

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
      await next.end().catch(() => undefined)
      await setTimeout(pause, null, { signal: ended.signal }).catch(() => undefined)
    }
  }
  const running = run()
  return async () => {
    ended.abort()
    await (client as Client | null)?.end().catch(() => undefined)
    await running
  }
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
