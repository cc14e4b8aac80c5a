/** Addresses that would turn webhooks against what only this machine can reach: no connection is made to any. */
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { WebhookGuard } from '#service/webhooks/guard.js'
import { post } from '#service/webhooks/post.js'
import { isPublicAddress } from '#service/webhooks/public-address.js'
import { expectError } from '../../support/expect-error.js'
import { startReceiver } from '../support/test-webhooks.js'

/** Listens where the vectors aim: at every address of this machine, also at 443 where that is allowed. */
const traps: Server[] = []
let trapped = 0
let trapPort = 0

async function setTrap(port: number): Promise<number> {
  const server = createServer((socket: Socket) => {
    trapped++
    socket.destroy()
  })
  await new Promise<void>((resolve) => {
    server.once('error', () => resolve())
    server.listen(port, '::', resolve)
  })
  if (server.listening) traps.push(server)
  return server.listening ? (server.address() as { port: number }).port : 0
}

beforeAll(async () => {
  trapPort = await setTrap(0)
  await setTrap(443)
})
afterAll(() => {
  for (const trap of traps) trap.close()
})

const attempt = async (guard: WebhookGuard, url: string): Promise<number> => {
  const target = guard.check(url)
  const addresses = await guard.addresses(target)
  return (await post(target, addresses, '{}', {}, AbortSignal.timeout(500))).status
}

/** Seen at a glance, before any look-up. */
const literal = [
  // Loopback, in the spellings that URL parsers take for it.
  ...['127.0.0.1', '127.1', '127.0.1', '0x7f000001', '0x7f.1', '2130706433', '017700000001', '0177.0.0.1'],
  ...[
    '127.0.0.1.',
    '127.255.255.254',
    '0x7F.0x0.0x0.0x1',
    '１２７.０.０.１',
    '127。0。0。1',
    '%31%32%37.0.0.1',
  ],
  ...['①②⑦.⓪.⓪.①', '0', '0.0.0.0', '0x0', '[::1]', '[0:0:0:0:0:0:0:1]', '[::]', '[::ffff:127.0.0.1]'],
  ...['[::ffff:7f00:1]', '[::127.0.0.1]', '[::ffff:0:127.0.0.1]', '[64:ff9b::7f00:1]', '[64:ff9b:1::7f00:1]'],
  ...['[2002:7f00:1::]', '[2001:0:7f00:1::1]'],
  // Private, shared, link-local.
  ...['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', '169.254.0.1', '[fe80::1]'],
  ...['[fc00::1]', '[fd12:3456::1]', '[fec0::1]'],
  // Metadata of clouds.
  ...['169.254.169.254', '2852039166', '0xa9fea9fe', '[::ffff:a9fe:a9fe]', '[fd00:ec2::254]'],
  ...['100.100.100.200', '192.0.0.192', '168.63.129.16'],
  // Reserved, benchmarking, documentation, multicast, broadcast.
  ...['192.0.0.1', '192.0.2.1', '198.18.0.1', '198.19.255.255', '198.51.100.1', '203.0.113.1', '192.88.99.1'],
  ...['224.0.0.1', '240.0.0.1', '255.255.255.255', '[ff02::1]', '[2001:db8::1]', '[3fff::1]', '[100::1]'],
  ...['[4000::1]', '[5f00::1]', '[2001:2::1]', '[2001:20::1]'],
  // Names of what is inside.
  ...[
    'localhost',
    'LOCALHOST',
    'localhost.',
    'a.localhost',
    'ｌｏｃａｌｈｏｓｔ',
    'db',
    'db.local',
    'db.internal',
  ],
  ...['metadata.google.internal', 'router.home.arpa', 'router.lan', 'x.onion', 'x.test', 'x.invalid'],
].map((host) => `https://${host}/`)

const forms = [
  'http://example.com/',
  'http://example.com:443/',
  'ftp://example.com/',
  'file:///etc/passwd',
  'gopher://example.com/',
  'data:text/plain,x',
  'javascript:1',
  'unix:/run/x.sock',
  'ws://example.com/',
  'blob:https://example.com/1',
  'https://',
  'https:///',
  'https://?',
  'https://user@example.com/',
  'https://user:password@example.com/',
  'https://example.com@127.0.0.1/',
  'https://127.0.0.1@example.com/',
  'https://example.com:80/',
  'https://example.com:8443/',
  'https://example.com:22/',
  'https://example.com:0/',
  'https://example.com:65536/',
  'https://example.com:-1/',
  'https://exam\nple.com/',
  'https://example.com/\t',
  ' https://example.com/',
  'https://127.0.0.1\\@example.com/',
  'https:\\\\127.0.0.1\\',
  '//example.com/',
  'example.com',
  '',
  'https://[::1%25lo]/',
  'https://[fe80::1%25eth0]/',
  'https://[::1/',
  'https://256.256.256.256/',
  'https://1.2.3.4.5/',
  'https://exa mple.com/',
  'https://example.com\u0000.internal/',
  `https://example.com/${'a'.repeat(2048)}`,
]

/** What the name server says of a name that looks like any other. */
const answers: readonly (readonly string[])[] = [
  ['127.0.0.1'],
  ['::1'],
  ['10.0.0.1'],
  ['169.254.169.254'],
  ['::ffff:10.0.0.1'],
  ['64:ff9b::a00:1'],
  ['fd00::1'],
  ['fe80::1'],
  ['0.0.0.0'],
  ['::'],
  ['93.184.216.34', '10.0.0.1'],
  ['10.0.0.1', '93.184.216.34'],
  ['93.184.216.34', '2606:2800:220:1::1', '::1'],
  ['2606:2800:220:1::1', '::ffff:7f00:1'],
  ['fe80::1%eth0'],
  ['127.1'],
  ['localhost'],
  [''],
  [],
]

describe('addresses that are refused', () => {
  test('are many', () => {
    expect(literal.length + forms.length + answers.length).toBeGreaterThan(120)
    expect(traps.length).toBeGreaterThan(0)
  })

  test.each(literal)('%s: when the webhook is made, and when it would be called', async (url) => {
    const guard = new WebhookGuard([], async () => ['127.0.0.1'])
    expectError('WEBHOOK_REFUSED', () => guard.check(url))
    await expect(attempt(guard, url)).rejects.toThrow()
  })

  test.each(forms)('%j: for their form', async (url) => {
    const guard = new WebhookGuard([], async () => ['127.0.0.1'])
    expectError('WEBHOOK_REFUSED', () => guard.check(url))
    await expect(attempt(guard, url)).rejects.toThrow()
  })

  test.each(answers.map((addresses) => [addresses]))('a name at %j', async (addresses) => {
    await expect(
      attempt(new WebhookGuard([], async () => addresses), 'https://example.com/'),
    ).rejects.toThrow(/address/)
  })

  test('the port of something inside, at whatever address', async () => {
    const guard = new WebhookGuard([], async () => ['127.0.0.1'])
    for (const host of ['127.0.0.1', 'example.com', '[::1]']) {
      for (const scheme of ['http', 'https']) {
        await expect(attempt(guard, `${scheme}://${host}:${trapPort}/`)).rejects.toThrow()
      }
    }
  })

  test('a name whose address changes after it was looked up', async () => {
    const asked: string[][] = []
    const turns = [['93.184.216.34'], ['127.0.0.1']]
    const guard = new WebhookGuard([], async () => {
      asked.push(turns[asked.length]!)
      return asked.at(-1)!
    })
    const target = guard.check('https://rebind.example/')
    // The first time it holds, and the connection goes there: nobody asks again on its way.
    expect(await guard.addresses(target)).toEqual(['93.184.216.34'])
    await expect(guard.addresses(target)).rejects.toThrow(/not public/)
    expect(asked).toHaveLength(2)
  })

  test('an address of this machine', async () => {
    vi.resetModules()
    vi.doMock('node:os', () => ({
      networkInterfaces: () => ({
        eth0: [{ address: '93.184.216.34' }, { address: '2606:2800:220:1::1', family: 'IPv6' }],
      }),
    }))
    const { isPublicAddress: judged } = await import('#service/webhooks/public-address.js')
    expect(judged('93.184.216.34')).toBe(false)
    expect(judged('2606:2800:0220:1:0::1')).toBe(false)
    expect(judged('93.184.216.35')).toBe(true)
    vi.doUnmock('node:os')
  })

  test('where a redirect leads', async () => {
    const receiver = await startReceiver((response) => {
      response.writeHead(307, { location: `http://127.0.0.1:${trapPort}/` }).end()
    })
    const guard = new WebhookGuard([receiver.address])
    expect(await attempt(guard, receiver.url)).toBe(307)
    await receiver.close()
  })
})

describe('connections', () => {
  test('go to the address that was checked, whatever the name is at by now', async () => {
    const receiver = await startReceiver()
    const port = Number(receiver.address.split(':')[1])
    const guard = new WebhookGuard([`nowhere.example:${port}`])
    const target = guard.check(`http://nowhere.example:${port}/a?b=c#d`)
    const signal = AbortSignal.timeout(5000)
    expect(await post(target, ['127.0.0.1'], '{"x":1}', { 'webhook-id': 'm' }, signal)).toEqual({
      status: 204,
      retryAfter: null,
    })
    const [received] = receiver.received
    expect(received).toMatchObject({ path: '/a?b=c', body: '{"x":1}' })
    expect(received!.headers).toMatchObject({
      host: `nowhere.example:${port}`,
      'content-type': 'application/json',
      'content-length': '7',
      'webhook-id': 'm',
    })
    await receiver.close()
  })

  test('use no proxy of the environment', async () => {
    const receiver = await startReceiver()
    const proxies = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'ALL_PROXY', 'NODE_USE_ENV_PROXY']
    for (const name of proxies) vi.stubEnv(name, `http://127.0.0.1:${trapPort}`)
    expect(await attempt(new WebhookGuard([receiver.address]), receiver.url)).toBe(204)
    vi.unstubAllEnvs()
    expect(trapped).toBe(0)
    await receiver.close()
  })
})

describe('addresses that are taken', () => {
  test.each([
    ['https://example.com', 'https://example.com/'],
    ['https://EXAMPLE.com:443/Path?q=1#part', 'https://example.com/Path?q=1'],
    ['https://example.com./x', 'https://example.com./x'],
    ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
    ['https://93.184.216.34/', 'https://93.184.216.34/'],
    ['https://[2606:2800:220:1::1]/', 'https://[2606:2800:220:1::1]/'],
  ])('%s', (given, kept) => {
    expect(new WebhookGuard([]).check(given).url.href).toBe(kept)
  })

  test.each(['93.184.216.34', '8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:2800:220:1::1', '2a00:1450::1'])(
    '%s is public',
    (address) => {
      expect(isPublicAddress(address)).toBe(true)
    },
  )

  test('what the operator allows, at that port alone', async () => {
    const guard = new WebhookGuard(['127.0.0.1:8443', 'Hooks.Internal:80', '[::1]:443'])
    for (const url of [
      'https://127.0.0.1:8443/',
      'http://0x7f.1:8443/',
      'http://hooks.internal/',
      'https://[::1]/',
    ]) {
      expect(guard.check(url).trusted).toBe(true)
    }
    for (const url of [
      'https://127.0.0.1/',
      'http://127.0.0.1:8444/',
      'https://hooks.internal/',
      'http://[::1]/',
    ]) {
      expectError('WEBHOOK_REFUSED', () => guard.check(url))
    }
    expectError('WEBHOOK_REFUSED', () => guard.check('ftp://127.0.0.1:8443/'))
    expectError('WEBHOOK_REFUSED', () => guard.check('http://user@127.0.0.1:8443/'))
  })

  test.each(['127.0.0.1', 'a:0', 'a:65536', 'http://a:80', 'a/b:80', 'u@a:80', ':80', 'a b:80', '*:80'])(
    'the operator cannot allow "%s"',
    (entry) => {
      expectError('USAGE', () => new WebhookGuard([entry]))
    },
  )
})

test('the trap would have noticed a connection, and there was none', async () => {
  expect(trapped).toBe(0)
  const socket = connect(trapPort, '127.0.0.1')
  await once(socket, 'close')
  expect(trapped).toBe(1)
})
