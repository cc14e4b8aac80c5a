import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What an endpoint makes of a call: an answer, an error, or null for what the chain says. */
export type Meddler = (call: {
  readonly method: string
  readonly params: readonly unknown[]
}) => { readonly result: unknown } | { readonly error: { code: number; message: string } } | 'hang up' | null

/** A JSON-RPC endpoint between a watcher and its chain, which may lie, refuse, or hang up. */
export interface MeddlingRpc {
  readonly url: string
  /** From now on; null for honest answers. */
  meddle(meddler: Meddler | null): void
  close(): Promise<void>
}

export async function meddlingRpc(upstream: string): Promise<MeddlingRpc> {
  let meddler: Meddler | null = null
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks).toString()
    const call = JSON.parse(body) as { id: number; method: string; params?: unknown[] }
    const made = meddler?.({ method: call.method, params: call.params ?? [] }) ?? null
    if (made === 'hang up') return void request.socket.destroy()
    const headers = { 'content-type': 'application/json' }
    // Once more where the connection that was kept had been closed.
    const ask = () => fetch(upstream, { method: 'POST', headers, body }).then((answer) => answer.text())
    const reply =
      made === null ? await ask().catch(ask) : JSON.stringify({ jsonrpc: '2.0', id: call.id, ...made })
    response.writeHead(200, headers).end(reply)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    meddle: (next) => {
      meddler = next
    },
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
