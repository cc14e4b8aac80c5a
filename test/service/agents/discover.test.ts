import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { encodeFunctionData, zeroAddress } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { agentIdentityRegistryAbi } from '#contracts/generated/AgentIdentityRegistry.js'
import { modelRegistryAbi } from '#contracts/generated/ModelRegistry.js'
import { loadBundle } from '#prover/bundle/load.js'
import { type AgentContracts, deployAgents } from '#service/agents/deploy-agents.js'
import { discoverModel } from '#service/agents/discover.js'
import { registerAgent } from '#service/agents/identities.js'
import { registrationUri } from '#service/agents/make-registration.js'
import { parseRegistration, registryName } from '#service/agents/read-registration.js'
import { offerName, type RegistrationFile, registrationPath } from '#service/agents/registration-file.js'
import { type ChainWriter, connectChain } from '#service/chain/connect-chain.js'
import { deployContracts } from '#service/chain/deploy-contracts.js'
import { registerModel } from '#service/chain/register-model.js'
import { registrationOf } from '#service/chain/registration-of.js'
import { sendTransaction } from '#service/chain/send-transaction.js'
import { type Anvil, startAnvil } from '#service/chain/start-anvil.js'
import { digitsBundle } from '../support/bundles.js'
import { callJson } from '../support/command-line.js'
import { testServer } from '../support/test-server.js'

/** Agents that the service names as its own: the honest one, and a few whose files differ. */
const named = 16
let anvil: Anvil
let chain: ChainWriter
let registry: `0x${string}`
let contracts: AgentContracts
let server: FastifyInstance
let file: RegistrationFile
let honest: bigint
let modelId: bigint

beforeAll(async () => {
  const directory = await digitsBundle()
  const bundle = await loadBundle(directory)
  anvil = await startAnvil()
  chain = await connectChain({ rpcUrl: anvil.rpcUrl, privateKey: anvil.privateKeys[0]! })
  const deployed = await deployContracts(chain)
  registry = deployed.registry
  modelId = (await registerModel(chain, registrationOf(bundle, registry))).modelId
  contracts = await deployAgents(chain, { verifier: deployed.verifier, token: deployed.registry })
  const name = registryName(chain.chainId, contracts.identities)
  const settings = {
    ...{ agentName: 'digits', publicUrl: 'http://127.0.0.1', verifier: deployed.verifier },
    ...{ registrations: [`digits=${modelId}:1`], chainId: String(chain.chainId) },
    agentRegistrations: Array.from({ length: named }, (_, k) => `${name}/${k + 1}`),
  }
  server = await testServer([directory], settings)
  await server.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`
  const shown = parseRegistration((await server.inject({ url: registrationPath })).body)
  const services = shown.services.map((entry) =>
    entry.name === offerName ? { ...entry, endpoint: url } : entry,
  )
  file = { ...shown, services }
  honest = await register(file)
})
afterAll(async () => {
  await server?.close()
  await anvil?.stop()
})

/** Registers an agent whose file stands on chain. */
async function register(card: RegistrationFile): Promise<bigint> {
  const { identities } = contracts
  return (await registerAgent(chain, { identities, uri: registrationUri(card) })).agentId
}

/** The honest file with another offer. */
function offering(change: (offer: RegistrationFile['services'][number]) => object): RegistrationFile {
  const services = file.services.map((entry) =>
    entry.name === offerName ? { ...entry, ...change(entry) } : entry,
  )
  return { ...file, services }
}

const models = (change: object) =>
  offering(({ models: offered }) => ({ models: [{ ...(offered as readonly object[])[0], ...change }] }))

const discover = (agentId: bigint, options: object = { allowHttp: true }) =>
  discoverModel(chain, contracts, { agentId, model: 'digits', ...options })

const wrong = (reason: RegExp) => ({ code: 'INVALID_AGENT', message: expect.stringMatching(reason) })

test('an honest agent is found with its model, and the key that is registered', async () => {
  const found = await discover(honest)
  expect(found).toMatchObject({
    agent: { agentId: honest, wallet: chain.account.address },
    model: { name: 'digits', modelId: String(modelId), version: 1 },
  })
  expect(found.trusted.manifest.vkHash).toBe(found.model.vkHash)
  const places = ['--identities', contracts.identities, '--verifier', contracts.verifier]
  const check = (agent: bigint) =>
    callJson([
      ...['agent', 'check', '--rpc', anvil.rpcUrl, ...places, '--agent', String(agent)],
      ...['--model', 'digits', '--allow-http'],
    ])
  expect(await check(honest)).toMatchObject({ code: 0, document: { ok: true, model: { version: 1 } } })
  expect(await check(999n)).toMatchObject({ code: 1, document: { ok: false } })
})

test.each<[string, RegExp, () => RegistrationFile]>([
  ['a file of another agent', /does not name this agent/, () => ({ ...file, registrations: [] })],
  ['an agent that is not active', /not active/, () => ({ ...file, active: false })],
  ['no offer', /offers no models/, () => ({ ...file, services: [] })],
  ['another model', /does not offer "digits"/, () => models({ name: 'other' })],
  ['another key', /under another key/, () => models({ vkHash: `0x${'1f'.repeat(32)}` })],
  ['a version that is not registered', /not registered/, () => models({ version: 2 })],
  [
    'another verifier',
    /another verifier/,
    () => offering(() => ({ verifier: { chainId: '31337', address: zeroAddress } })),
  ],
  [
    'another chain',
    /another verifier/,
    () => offering(() => ({ verifier: { chainId: '1', address: contracts.verifier } })),
  ],
  [
    'an endpoint that is not reached',
    /cannot be fetched/,
    () => offering(() => ({ endpoint: 'http://127.0.0.1:1' })),
  ],
  ['an endpoint that is none', /is not https/, () => offering(() => ({ endpoint: 'agent' }))],
])('%s is refused', async (_, reason, card) => {
  await expect(discover(await register(card()))).rejects.toMatchObject(wrong(reason))
})

test('a service that does not name the agent is none of its', async () => {
  let agentId = 0n
  while (agentId < named) agentId = await register(file)
  const agentRegistry = registryName(chain.chainId, contracts.identities)
  const impostor = { ...file, registrations: [{ agentId: Number(agentId) + 1, agentRegistry }] }
  await expect(discover(await register(impostor))).rejects.toMatchObject(wrong(/does not name this agent/))
})

test('http is refused unless it is allowed', async () => {
  await expect(discover(honest, {})).rejects.toMatchObject(wrong(/endpoint is not https/))
})

test('an agent without wallet is refused', async () => {
  const data = encodeFunctionData({
    abi: agentIdentityRegistryAbi,
    functionName: 'unsetAgentWallet',
    args: [honest],
  })
  await sendTransaction(chain, { to: contracts.identities, data })
  await expect(discover(honest)).rejects.toMatchObject(wrong(/where it is paid/))
})

test('a version that is not in use any more is refused', async () => {
  const agentId = 2n
  const setStatus = async (status: number) => {
    const data = encodeFunctionData({
      abi: modelRegistryAbi,
      functionName: 'setVersionStatus',
      args: [modelId, 1, status],
    })
    await sendTransaction(chain, { to: registry, data })
    const { identities } = contracts
    const uri = registrationUri(file)
    const setUri = encodeFunctionData({
      abi: agentIdentityRegistryAbi,
      functionName: 'setAgentURI',
      args: [agentId, uri],
    })
    await sendTransaction(chain, { to: identities, data: setUri })
  }
  await setStatus(2)
  await expect(discover(agentId)).rejects.toMatchObject(wrong(/version is deprecated/))
  await setStatus(3)
  await expect(discover(agentId)).rejects.toMatchObject(wrong(/version is revoked/))
})
