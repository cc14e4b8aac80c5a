/** Webhooks over a database, and receivers that note what arrives. */
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sql } from 'kysely'
import { type Database, openMemory } from '#service/database/open-database.js'
import { Cipher } from '#service/secrets/cipher.js'
import { type Busy, type DeliveryClaim, DeliveryQueue } from '#service/webhooks/delivery-queue.js'
import { WebhookGuard } from '#service/webhooks/guard.js'
import { Webhooks } from '#service/webhooks/webhooks.js'
import { type Backing, presentBackings } from './test-jobs.js'

/** PGlite without files, which opens sooner, and a Postgres server where one is installed. */
export const quickBackings: readonly (readonly [string, () => Promise<Backing>])[] = [
  ['in memory', async () => ({ open: openMemory, end: () => {} })],
  ...presentBackings.slice(1),
]

export const nobodyBusy: Busy = { webhooks: [], tenants: [] }

/** Both sides of webhooks. */
export interface TestWebhooks {
  readonly webhooks: Webhooks
  readonly queue: DeliveryQueue
  readonly cipher: Cipher
  readonly guard: WebhookGuard
  /** Takes the next message that is due. */
  claim(busy?: Busy): Promise<DeliveryClaim | null>
  /** As if so many ms had passed for all that waits. */
  pass(milliseconds: number): Promise<void>
  clear(): Promise<void>
}

export function webhooksOver(
  database: Database,
  { limit = 10, allowed = [] as readonly string[], lease = 20_000 } = {},
): TestWebhooks {
  const cipher = Cipher.ephemeral()
  const guard = new WebhookGuard(allowed)
  const queue = new DeliveryQueue(database, cipher, { lease, limit: 5 })
  const { tables } = database
  return {
    webhooks: new Webhooks(database, cipher, guard, limit),
    queue,
    cipher,
    guard,
    claim: (busy = nobodyBusy) => queue.claim(busy),
    pass: async (milliseconds) => {
      const earlier = sql`${milliseconds} * interval '1 millisecond'`
      await sql`update deliveries set next_at = next_at - ${earlier}, finished_at = finished_at - ${earlier}`.execute(
        tables,
      )
      await sql`update webhooks set old_until = old_until - ${earlier}, failing_since = failing_since - ${earlier},
        paused_until = paused_until - ${earlier}`.execute(tables)
    },
    clear: async () => {
      await tables.deleteFrom('webhooks').execute()
    },
  }
}

/** What arrived at a receiver. */
export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Receiver {
  /** `HOST:PORT` */
  readonly address: string
  readonly url: string
  readonly received: Received[]
  readonly server: Server
  close(): Promise<void>
}

/** Listens on a free port of this machine, and answers 204 where nothing else is said. */
export async function startReceiver(
  answer: (response: ServerResponse, received: Received) => void = (response) =>
    response.writeHead(204).end(),
): Promise<Receiver> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    request.on('end', () => {
      const message = { path: request.url ?? '', headers: request.headers, body }
      received.push(message)
      answer(response, message)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = (): Promise<void> => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(() => resolve()))
  }
  return { address, url: `http://${address}/hook`, received, server, close }
}
