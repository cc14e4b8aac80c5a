import { spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { connectChain } from '#service/chain/connect-chain.js'
import { type Anvil, startAnvil } from '#service/chain/start-anvil.js'

const started: Anvil[] = []
afterAll(() => Promise.all(started.map((anvil) => anvil.stop())))

async function start(options?: Parameters<typeof startAnvil>[0]): Promise<Anvil> {
  const anvil = await startAnvil(options)
  started.push(anvil)
  return anvil
}

async function isUp(rpcUrl: string): Promise<boolean> {
  return fetch(rpcUrl, { method: 'POST', body: '{}' }).then(
    () => true,
    () => false,
  )
}

test('two of them take a free port each, and answer with the chain asked for', async () => {
  const [first, second] = await Promise.all([start(), start({ chainId: 4242 })])
  expect(first.rpcUrl).not.toBe(second.rpcUrl)
  expect((await connectChain({ rpcUrl: first.rpcUrl })).chainId).toBe(31337)
  expect((await connectChain({ rpcUrl: second.rpcUrl })).chainId).toBe(4242)
})

test('accounts are funded', async () => {
  const anvil = await start()
  const { client, account } = await connectChain({ rpcUrl: anvil.rpcUrl, privateKey: anvil.privateKeys[0]! })
  expect(await client.getBalance({ address: account.address })).toBeGreaterThan(10n ** 18n)
})

test('stop ends it, twice does no harm', async () => {
  const anvil = await startAnvil()
  await anvil.stop()
  await anvil.stop()
  expect(await isUp(anvil.rpcUrl)).toBe(false)
})

test('a port that is taken is an error', async () => {
  const anvil = await start({ chainId: 5 })
  const port = Number(new URL(anvil.rpcUrl).port)
  await expect(startAnvil({ port })).rejects.toMatchObject({ code: 'CHAIN_UNREACHABLE' })
  await expect(startAnvil({ port, chainId: 5 })).rejects.toMatchObject({ code: 'CHAIN_UNREACHABLE' })
})

test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
  'none is left when its parent dies of %s',
  async (signal) => {
    const module = fileURLToPath(new URL('../../../service/chain/start-anvil.ts', import.meta.url))
    const script = fileURLToPath(new URL('./hold-anvil.mjs', import.meta.url))
    const parent = spawn(process.execPath, [script, module], { stdio: ['ignore', 'pipe', 'inherit'] })
    const rpcUrl = await new Promise<string>((resolve) =>
      parent.stdout.once('data', (chunk) => resolve(`${chunk}`)),
    )
    expect(await isUp(rpcUrl)).toBe(true)
    parent.kill(signal)
    for (let tries = 0; tries < 100 && (await isUp(rpcUrl)); tries++) await delay(50)
    expect(await isUp(rpcUrl)).toBe(false)
  },
)
