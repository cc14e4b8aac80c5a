/** Names as a name server answers them: one of the test's own, over UDP (RFC 1035). */
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { hostname } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebhookGuard } from '#service/webhooks/guard.js'
import { publicResolver, type Resolve, resolveTrusted } from '#service/webhooks/resolve.js'

type Answer = { readonly a?: readonly string[]; readonly aaaa?: readonly Buffer[]; readonly cname?: string }

const loopback6 = Buffer.from(`${'00'.repeat(15)}01`, 'hex')
const public6 = Buffer.from('26062800022000010000000000000001', 'hex')
const zone: Readonly<Record<string, Answer>> = {
  'good.example': { a: ['93.184.216.34'], aaaa: [public6] },
  'four.example': { a: ['93.184.216.34'] },
  'inside.example': { a: ['127.0.0.1'] },
  'mixed.example': { a: ['93.184.216.34', '10.0.0.1'] },
  'mixed6.example': { a: ['93.184.216.34'], aaaa: [loopback6] },
  'alias.example': { cname: 'localhost' },
  'alias-inside.example': { cname: 'inside.example', a: ['127.0.0.1'] },
  'many.example': { a: Array.from({ length: 20 }, (_, i) => `93.184.216.${i}`) },
}

const nameOf = (labels: string): Buffer =>
  Buffer.concat([
    ...labels.split('.').map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`)),
    Buffer.alloc(1),
  ])

const record = (name: string, type: number, data: Buffer): Buffer => {
  const head = Buffer.alloc(10)
  head.writeUInt16BE(type, 0)
  head.writeUInt16BE(1, 2)
  head.writeUInt16BE(data.length, 8)
  return Buffer.concat([nameOf(name), head, data])
}

/** Answers one question; names that are not in the zone do not exist. */
function answerTo(query: Buffer): Buffer {
  const labels: string[] = []
  let at = 12
  while (query[at]! > 0) {
    labels.push(query.subarray(at + 1, at + 1 + query[at]!).toString())
    at += 1 + query[at]!
  }
  const name = labels.join('.').toLowerCase()
  const type = query.readUInt16BE(at + 1)
  const { a = [], aaaa = [], cname } = zone[name] ?? {}
  const owner = cname ?? name
  const records = [
    ...(cname === undefined ? [] : [record(name, 5, nameOf(cname))]),
    ...(type === 1 ? a.map((address) => record(owner, 1, Buffer.from(address.split('.').map(Number)))) : []),
    ...(type === 28 ? aaaa.map((address) => record(owner, 28, address)) : []),
  ]
  const head = Buffer.from(query.subarray(0, 12))
  head.writeUInt16BE(name in zone ? 0x8580 : 0x8583, 2)
  head.writeUInt16BE(records.length, 6)
  head.fill(0, 8)
  return Buffer.concat([head, query.subarray(12, at + 5), ...records])
}

let server: Socket
let resolve: Resolve
const asked: string[] = []

beforeAll(async () => {
  server = createSocket('udp4', (query, { port, address }) => {
    asked.push(query.toString('latin1'))
    server.send(answerTo(query), port, address)
  })
  server.bind(0, '127.0.0.1')
  await once(server, 'listening')
  resolve = publicResolver([`127.0.0.1:${server.address().port}`])
})
afterAll(() => server.close())

const addresses = (host: string) => {
  const guard = new WebhookGuard([], resolve)
  return guard.addresses(guard.check(`https://${host}/`))
}

test('all addresses of a name are found', async () => {
  expect(await addresses('good.example')).toEqual(['93.184.216.34', '2606:2800:220:1::1'])
  expect(await addresses('FOUR.example.')).toEqual(['93.184.216.34'])
})

test.each(['inside.example', 'mixed.example', 'mixed6.example', 'alias-inside.example'])(
  '%s is refused for where it leads',
  async (host) => {
    await expect(addresses(host)).rejects.toThrow(/not public/)
  },
)

test.each(['alias.example', 'many.example', 'nowhere.example'])('%s is refused', async (host) => {
  await expect(addresses(host)).rejects.toThrow(/address/)
})

test('names that only this machine knows are not known', async () => {
  for (const name of ['localhost', hostname()]) await expect(resolve(name)).rejects.toThrow()
  // As they stand, without the domains that the machine would try.
  asked.length = 0
  await expect(resolve('db')).rejects.toThrow()
  expect(asked.every((query) => query.includes('\x02db\x00'))).toBe(true)
})

test('names that the operator chose are looked up as the machine does it', async () => {
  expect((await resolveTrusted('localhost')).some((address) => ['127.0.0.1', '::1'].includes(address))).toBe(
    true,
  )
})
