import { once } from 'node:events'
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js'

let server: Server
let proxy: TcpProxy
const arrived: string[] = []
const clients: Socket[] = []

beforeEach(async () => {
  arrived.length = 0
  server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      arrived.push(chunk.toString())
      socket.write(chunk)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  proxy = await startTcpProxy((server.address() as { port: number }).port)
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy()
  await proxy.close()
  server.close()
})

async function connect(): Promise<Socket & { heard: string; over: string | null }> {
  const socket = createConnection(proxy.port, '127.0.0.1')
  const client = Object.assign(socket, { heard: '', over: null as string | null })
  clients.push(client)
  client.on('data', (chunk) => {
    client.heard += chunk.toString()
  })
  client.on('error', (error: NodeJS.ErrnoException) => {
    client.over = error.code ?? 'error'
  })
  client.on('end', () => {
    client.over ??= 'end'
  })
  await once(client, 'connect')
  client.write('a')
  await expect.poll(() => client.heard).toBe('a')
  return client
}

test('what is held arrives when the network is mended, in order', async () => {
  const client = await connect()
  proxy.delay(20)
  client.write('b')
  await expect.poll(() => client.heard).toBe('ab')
  proxy.delay(0)
  await proxy.set('hold')
  client.write('c')
  client.write('d')
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(client.heard).toBe('ab')
  await proxy.set('pass')
  await expect.poll(() => client.heard).toBe('abcd')
})

test.each(['swallow', 'swallow-requests', 'swallow-answers'] as const)(
  'a connection that lost something in %s is dead, and neither side is told',
  async (mode) => {
    const client = await connect()
    await proxy.set(mode)
    client.write('b')
    await expect.poll(() => proxy.lost()).toBe(true)
    await proxy.set('pass')
    client.write('c')
    await expect.poll(() => proxy.lost()).toBe(true)
    expect(client).toMatchObject({ heard: 'a', over: null })
    expect(arrived.join('')).toBe(mode === 'swallow-answers' ? 'abc' : 'a')
    expect((await connect()).heard).toBe('a')
  },
)

test('connections end, are reset or refused', async () => {
  const cut = await connect()
  proxy.cut()
  await expect.poll(() => cut.over).toBe('end')
  const reset = await connect()
  await proxy.set('reset')
  await expect.poll(() => reset.over).toBe('ECONNRESET')
  await proxy.set('refuse')
  await expect(once(createConnection(proxy.port, '127.0.0.1'), 'connect')).rejects.toThrow(/ECONNREFUSED/)
  await proxy.set('pass')
  expect((await connect()).heard).toBe('a')
})
