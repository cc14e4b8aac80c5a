import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectChain } from '#service/chain/connect-chain.js'
import { deployContracts } from '#service/chain/deploy-contracts.js'
import { encodeProofCalldata } from '#service/chain/encode-proof-calldata.js'
import { readModel } from '#service/chain/read-model.js'
import { registerModel } from '#service/chain/register-model.js'
import { sendTransaction } from '#service/chain/send-transaction.js'
import { type Anvil, startAnvil } from '#service/chain/start-anvil.js'
import { toChainError } from '#service/chain/to-chain-error.js'
import { fixtures } from './fixtures.js'

let anvil: Anvil
beforeAll(async () => {
  anvil = await startAnvil()
})
afterAll(() => anvil?.stop())

const nowhere = '0x000000000000000000000000000000000000dEaD'
const poorKey = `0x${'42'.repeat(32)}` as const

test('nobody at the address', async () => {
  await expect(connectChain({ rpcUrl: 'http://127.0.0.1:1' })).rejects.toMatchObject({
    code: 'CHAIN_UNREACHABLE',
  })
})

test('somebody at the address who is no chain', async () => {
  const server = createServer((_, response) => response.writeHead(404).end('not here')).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const rpcUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await expect(connectChain({ rpcUrl })).rejects.toMatchObject({ code: 'CHAIN_UNREACHABLE' })
  server.close()
})

test.each([null, '0xzz', {}])('somebody whose number of the chain is none: %j', async (result) => {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, result })
  const server = createServer((_, response) => response.end(body)).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const rpcUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await expect(connectChain({ rpcUrl })).rejects.toMatchObject({ code: 'CHAIN_UNREACHABLE' })
  server.close()
})

test('a chain that is gone since', async () => {
  const other = await startAnvil()
  const chain = await connectChain({ rpcUrl: other.rpcUrl, privateKey: other.privateKeys[0]! })
  await other.stop()
  await expect(deployContracts(chain)).rejects.toMatchObject({ code: 'CHAIN_UNREACHABLE' })
})

test('addresses and keys that are none', async () => {
  await expect(connectChain({ rpcUrl: 'localhost:8545' })).rejects.toMatchObject({ code: 'USAGE' })
  await expect(connectChain({ rpcUrl: anvil.rpcUrl, privateKey: '0x12' })).rejects.toMatchObject({
    code: 'USAGE',
  })
})

test('an account without money', async () => {
  const chain = await connectChain({ rpcUrl: anvil.rpcUrl, privateKey: poorKey })
  const sending = sendTransaction(
    { ...chain, account: privateKeyToAccount(poorKey) },
    { to: nowhere, data: '0x' },
  )
  await expect(sending).rejects.toMatchObject({ code: 'CHAIN_REJECTED' })
})

test('no contract at the address', async () => {
  const chain = await connectChain({ rpcUrl: anvil.rpcUrl })
  const reading = readModel(chain, { registry: nowhere, modelId: 1n, version: 1 })
  await expect(reading).rejects.toMatchObject({ code: 'CHAIN_REJECTED' })
})

test('a key that the registry refuses is refused with its reason', async () => {
  const chain = await connectChain({ rpcUrl: anvil.rpcUrl, privateKey: anvil.privateKeys[0]! })
  const { registry } = await deployContracts(chain)
  const { verificationKey } = fixtures
  const unsafe = { ...verificationKey, vk_delta_2: verificationKey.vk_gamma_2 }
  const registration = registerModel(chain, {
    registry,
    name: 'forgeable',
    modelHash: `0x${'11'.repeat(32)}`,
    circuitHash: `0x${'22'.repeat(32)}`,
    verificationKey: unsafe,
    setup: { kind: 'development' },
  })
  await expect(registration).rejects.toMatchObject({
    code: 'CHAIN_REJECTED',
    details: { reason: 'KeyElementIsGenerator', args: ['320'] },
  })
})

test('proofs that are none', () => {
  const { snarkjs, requester } = fixtures.proofs.consumer[0]!
  const bound = { ...snarkjs!, requester, nonce: 0n }
  expect(() => encodeProofCalldata({ ...bound, publicSignals: [] })).toThrowError(/no public signals/)
  expect(() => encodeProofCalldata({ ...bound, publicSignals: ['x'] })).toThrowError(/publicSignals\[0\]/)
})

test('errors that are not of the chain stay what they are', () => {
  expect(toChainError(new Error('else')).code).toBe('INTERNAL')
})
