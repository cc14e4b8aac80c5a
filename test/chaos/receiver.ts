import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { ask } from './client.js'
import { type Ledger, unexpected } from './ledger.js'

/** A receiver of webhooks that takes each message once, as the specification asks of it. */
export interface Receiver {
  /** `HOST:PORT` */
  readonly host: string
  /** Messages that came, repetitions included. */
  readonly received: number
  /** Distinct `webhook-id`s that came for a job. */
  readonly idsOf: (job: string) => number
  /** Makes it known to the service at an API's address. */
  register(api: string): Promise<void>
  close(): void
}

export async function startReceiver(ledger: Ledger): Promise<Receiver> {
  const ids = new Map<string, Set<string>>()
  let verifier: Webhook | null = null
  let received = 0
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request) chunks.push(chunk)
      const headers = request.headers as Record<string, string>
      const { data } = verifier!.verify(Buffer.concat(chunks), headers) as { data: { id: string } }
      received++
      const known = ids.get(data.id) ?? new Set()
      ids.set(data.id, known.add(headers['webhook-id']!))
      response.writeHead(204).end()
    } catch (error) {
      // A sender that was killed in the middle is none of it.
      if (request.complete) unexpected(ledger, `a webhook's signature: ${(error as Error).message}`)
      response.destroy()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    host,
    get received() {
      return received
    },
    idsOf: (job) => ids.get(job)?.size ?? 0,
    register: async (api) => {
      const body = JSON.stringify({ url: `http://${host}/` })
      const headers = { 'content-type': 'application/json' }
      const reply = await ask(`${api}/webhooks`, { method: 'POST', headers, body })
      if (reply?.status !== 201) throw new Error(`no webhook was made: ${JSON.stringify(reply)}`)
      verifier = new Webhook(reply.body.secret)
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Waits until a message came for every accepted job, or the time is over. */
export async function allTold(ledger: Ledger, receiver: Receiver, patience: number): Promise<void> {
  const until = Date.now() + patience
  for (const { id } of ledger.accepted.values()) {
    while (id !== null && receiver.idsOf(id) === 0 && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}
