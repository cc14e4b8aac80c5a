import { afterAll, beforeAll, expect, test } from 'vitest'
import { modelRegistryAbi } from '#contracts/generated/ModelRegistry.js'
import { deploymentFactory, sharedContracts } from '#contracts/generated/shared-contracts.js'
import { type ChainWriter, connectChain } from '#service/chain/connect-chain.js'
import { deploySharedContracts, readSharedContracts } from '#service/chain/deploy-shared-contracts.js'
import { type Anvil, startAnvil } from '#service/chain/start-anvil.js'
import { callJson } from '../support/command-line.js'

let anvil: Anvil
let first: ChainWriter
let second: ChainWriter
beforeAll(async () => {
  anvil = await startAnvil()
  const writers = await Promise.all(
    anvil.privateKeys.slice(0, 2).map((privateKey) => connectChain({ rpcUrl: anvil.rpcUrl, privateKey })),
  )
  ;[first, second] = writers as [ChainWriter, ChainWriter]
})
afterAll(() => anvil?.stop())

test('they stand where the file of addresses says, whoever deploys them, once', async () => {
  const before = await readSharedContracts(first)
  expect(before.every(({ isDeployed }) => !isDeployed)).toBe(true)
  const both = await Promise.all([deploySharedContracts(first), deploySharedContracts(second)])
  for (const deployed of both) {
    expect(deployed.map(({ name, address }) => [name, address])).toEqual(
      Object.entries(sharedContracts).map(([name, { address }]) => [name, address]),
    )
  }
  expect((await readSharedContracts(first)).every(({ isDeployed }) => isDeployed)).toBe(true)
  for (const { gasUsed } of await deploySharedContracts(second)) expect(gasUsed).toBe(0n)
})

test('the registry that stands there has no models, and the command shows it', async () => {
  const { address } = sharedContracts.ModelRegistry
  const name = await first.client.readContract({ address, abi: modelRegistryAbi, functionName: 'name' })
  expect(name).not.toBe('')
  const { code, document } = await callJson(['contracts', 'show', '--rpc', anvil.rpcUrl])
  expect(code).toBe(0)
  expect(document.contracts[0]).toEqual({ name: 'ModelRegistry', address, isDeployed: true })
})

test('a chain without the factory is told apart', async () => {
  const bare = await startAnvil()
  const chain = await connectChain({ rpcUrl: bare.rpcUrl, privateKey: bare.privateKeys[0]! })
  const request = { method: 'anvil_setCode', params: [deploymentFactory, '0x'] }
  await chain.client.request(request as never)
  await expect(deploySharedContracts(chain)).rejects.toMatchObject({
    code: 'CHAIN_REJECTED',
    message: expect.stringContaining(deploymentFactory),
  })
  await bare.stop()
})
