/** A service whose model answers holders of a grant alone, over anvil. */
import type { AddressInfo } from 'node:net'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { keccak256, toBytes } from 'viem'
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { accessHeader, accessTypedData } from '#service/access/inference-request.js'
import {
  deployAccessGrants,
  deployDatasetRegistry,
  grantAccess,
  publishDataset,
  readModelUser,
  requireDataset,
  revokeAccess,
} from '#service/chain/access-grants.js'
import { sendTransaction } from '#service/chain/send-transaction.js'
import { type Access, accessHeaders } from '#service/client/access.js'
import { ZkserveClient } from '#service/client/client.js'
import { type DeployedChain, deployedChain } from '../chain/deployed-chain.js'
import { digitsBundle, digitsInput, pairBundle } from '../support/bundles.js'
import { expectProblem, post, testServer } from '../support/test-server.js'

const forever = 2 ** 48 - 1
const body = { model: 'digits', input: digitsInput(), proof: false }
let chain: DeployedChain
let server: FastifyInstance
let grants: `0x${string}`
let access: Access
let clinic: PrivateKeyAccount
let stranger: PrivateKeyAccount

beforeAll(async () => {
  chain = await deployedChain()
  const { anvil, deployer, deployment, model } = chain
  ;[, clinic, stranger] = anvil.privateKeys.map((key) => privateKeyToAccount(key)) as [
    PrivateKeyAccount,
    PrivateKeyAccount,
    PrivateKeyAccount,
  ]
  grants = (await deployAccessGrants(deployer)).address
  const { registry } = deployment
  const { modelId, version } = model
  access = { account: clinic, chainId: anvil.chainId, grants, registry, modelId, version }
  server = await testServer([await digitsBundle(), await pairBundle()], {
    access: [`digits=${registry}:${modelId}:${version}`],
    accessGrants: grants,
    accessRpc: anvil.rpcUrl,
    accessCache: 0,
  })
  await server.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(async () => {
  await server?.close()
  await chain?.anvil.stop()
})
beforeEach(() => grant(clinic.address))

const token = () => ({ grants, registry: access.registry, tokenId: access.modelId })
async function grant(user: `0x${string}`, expires = forever): Promise<void> {
  await revokeAccess(chain.deployer, { ...token(), user }).catch(() => undefined)
  await grantAccess(chain.deployer, { ...token(), user, expires })
}

async function send(
  given: unknown,
  by: Access = access,
  headers: Record<string, string> = {},
  url = '/infer',
): Promise<LightMyRequestResponse> {
  return post(server, url, given, { ...(await accessHeaders(by, given)), ...headers })
}

describe('a model that asks for a grant', () => {
  test('answers a signed request of who has one, in every way', async () => {
    expect((await send(body)).statusCode).toBe(200)
    const { proof: _, ...proven } = body
    const waited = await send({ ...proven, wait: true })
    expect(waited.json().proof).toBeDefined()
    expect((await send(proven, access, { prefer: 'respond-async' })).statusCode).toBe(202)
    const { input, ...rest } = proven
    expect((await send({ ...rest, batch: [input, input] })).json().batch).toHaveLength(2)
    const inputs = [{ name: 'input', shape: [1, 1, 8, 8], datatype: 'FP32', data: input }]
    const tensors = await send(
      { inputs, parameters: { proof: false } },
      access,
      {},
      '/v2/models/digits/infer',
    )
    expect(tensors.statusCode).toBe(200)
  })

  test('says what to sign to who did not', async () => {
    for (const url of ['/infer', '/v2/models/digits/infer']) {
      const given =
        url === '/infer'
          ? body
          : { inputs: [{ name: 'input', shape: [1, 1, 8, 8], datatype: 'FP32', data: body.input }] }
      const { details } = expectProblem(await post(server, url, given), 'ACCESS_SIGNATURE_REQUIRED')
      const { chainId, registry, modelId, version } = access
      expect(details).toEqual({ chainId, grants, registry, modelId: String(modelId), version })
    }
    const batch = { model: 'digits', batch: [body.input] }
    expectProblem(await post(server, '/infer', batch), 'ACCESS_SIGNATURE_REQUIRED')
  })

  test('leaves other models open', async () => {
    const given = { model: 'pair', input: { a: [0, 0, 1], b: [1, 0, 0] }, proof: false }
    expect((await post(server, '/infer', given)).statusCode).toBe(200)
  })

  test('refuses who has no grant, had one, or had it taken back', async () => {
    expectProblem(await send(body, { ...access, account: stranger }), 'ACCESS_DENIED')
    await grant(clinic.address, Math.floor(Date.now() / 1000) + 1)
    expect((await send(body)).statusCode).toBe(200)
    await new Promise((resolve) => setTimeout(resolve, 2100))
    expectProblem(await send(body), 'ACCESS_DENIED')
    await grant(clinic.address)
    await revokeAccess(chain.deployer, { ...token(), user: clinic.address })
    expectProblem(await send(body), 'ACCESS_DENIED')
  })

  test('takes a signed request once, also of many at a time', async () => {
    const headers = await accessHeaders(access, body)
    const replies = await Promise.all(Array.from({ length: 8 }, () => post(server, '/infer', body, headers)))
    expect(replies.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1)
    expectProblem(await post(server, '/infer', body, headers), 'ACCESS_REPLAYED')
  })

  test('repeats the answer to a repeated Idempotency-Key, for the same requester alone', async () => {
    const { proof: _, ...proven } = body
    const headers = { ...(await accessHeaders(access, proven)), 'idempotency-key': 'once' }
    const first = await post(server, '/infer', proven, headers)
    expect(first.statusCode).toBe(202)
    expect((await post(server, '/infer', proven, headers)).body).toBe(first.body)
    expect((await send(proven, access, { 'idempotency-key': 'once' })).body).toBe(first.body)
    await grant(stranger.address)
    const other = await send(proven, { ...access, account: stranger }, { 'idempotency-key': 'once' })
    expectProblem(other, 'IDEMPOTENCY_CONFLICT')
    await revokeAccess(chain.deployer, { ...token(), user: stranger.address })
    expectProblem(
      await post(server, '/infer', proven, { 'idempotency-key': 'once' }),
      'ACCESS_SIGNATURE_REQUIRED',
    )
  })

  test('spends nothing for a request that it refuses', async () => {
    const wrong = { ...body, input: [1, 2] }
    const headers = await accessHeaders(access, wrong)
    expectProblem(await post(server, '/infer', wrong, headers), 'INVALID_INPUT')
    expectProblem(await post(server, '/infer', wrong, headers), 'INVALID_INPUT')
  })

  test('refuses a signature for another body, requester, model, contract or chain', async () => {
    const headers = await accessHeaders(access, body)
    const stolen = { ...body, requester: stranger.address }
    expectProblem(await post(server, '/infer', stolen, headers), 'ACCESS_SIGNATURE_INVALID')
    expectProblem(
      await post(server, '/infer', ` ${JSON.stringify(body)}`, headers),
      'ACCESS_SIGNATURE_INVALID',
    )
    const others: Access[] = [
      { ...access, chainId: 1 },
      { ...access, grants: access.registry },
      { ...access, registry: grants },
      { ...access, modelId: 2n },
      { ...access, version: 2 },
      { ...access, account: { ...stranger, address: clinic.address } },
    ]
    for (const other of others) expectProblem(await send(body, other), 'ACCESS_SIGNATURE_INVALID')
    expect((await post(server, '/infer', body, headers)).statusCode).toBe(200)
  })

  test('asks contract accounts whether they signed (ERC-1271)', async () => {
    // Returns the standard's word for "valid", whatever it is asked.
    const yes = `7f1626ba7e${'00'.repeat(28)}5f5260205ff3`
    const made = await sendTransaction(chain.deployer, { data: `0x6027600a5f3960275ff3${yes}` })
    const wallet = made.receipt.contractAddress!
    const account = { ...stranger, address: wallet }
    expectProblem(await send(body, { ...access, account }), 'ACCESS_DENIED')
    await grant(wallet)
    expect((await send(body, { ...access, account })).statusCode).toBe(200)
  })

  test('refuses deadlines that passed or are far, and headers that are none', async () => {
    const now = Math.floor(Date.now() / 1000)
    for (const deadline of [now - 1, now + 4000]) {
      const hash = keccak256(toBytes(JSON.stringify(body)))
      const request = { body: hash, requester: clinic.address, nonce: 1n, deadline }
      const signature = await clinic.signTypedData(accessTypedData(access, request))
      const text = JSON.stringify({ requester: clinic.address, nonce: '1', deadline, signature })
      const headers = { [accessHeader]: Buffer.from(text).toString('base64url') }
      expectProblem(await post(server, '/infer', body, headers), 'ACCESS_SIGNATURE_INVALID')
    }
    for (const header of ['', '%%%', 'e30', Buffer.from('[]').toString('base64url')]) {
      const reply = await post(server, '/infer', body, { [accessHeader]: header })
      expect(reply.json().code).toMatch(/ACCESS_SIGNATURE_(INVALID|REQUIRED)/)
    }
  })

  test('answers nobody while a dataset that it needs is taken back', async () => {
    const { deployer, consumer: hospital } = chain
    const { registry, modelId, version } = access
    const datasets = (await deployDatasetRegistry(deployer)).address
    const hash = keccak256('0x01')
    const dataset = { registry: datasets, contentHash: hash, licenceHash: hash, uri: '' }
    const { datasetId } = await publishDataset(hospital, dataset)
    const condition = { registry: datasets, tokenId: datasetId }
    await requireDataset(deployer, { grants, model: { registry, modelId, version }, dataset: condition })
    expectProblem(await send(body), 'ACCESS_DENIED')
    const user = await readModelUser(deployer, { grants, registry, modelId, version })
    await grantAccess(hospital, { grants, ...condition, user, expires: forever })
    expect((await send(body)).statusCode).toBe(200)
    await revokeAccess(hospital, { grants, ...condition, user })
    expectProblem(await send(body), 'ACCESS_DENIED')
    await grantAccess(hospital, { grants, ...condition, user, expires: forever })
  })

  test('is asked by the client with an account', async () => {
    const { port } = server.server.address() as AddressInfo
    const client = new ZkserveClient({ url: `http://127.0.0.1:${port}` })
    const request = { model: 'digits', input: digitsInput() }
    const answer = await client.infer(request, { access })
    const proven = await client.inferAndProve(request, { access })
    expect(proven.integers).toEqual(answer.integers)
    const { job } = await client.submit(request, { access })
    expect((await client.jobs.result(job.id)).integers).toEqual(answer.integers)
    await expect(client.infer(request)).rejects.toMatchObject({ code: 'ACCESS_SIGNATURE_REQUIRED' })
  })
})

test.each([
  ['chain', () => 'http://127.0.0.1:1', () => grants],
  ['contract', () => chain.anvil.rpcUrl, () => access.registry],
])('a service whose %s is not there refuses', async (_, accessRpc, accessGrants) => {
  const closed = await testServer([await digitsBundle()], {
    access: [`digits=${access.registry}:1:1`],
    accessGrants: accessGrants(),
    accessRpc: accessRpc(),
  })
  try {
    expectProblem(await post(closed, '/infer', body, await accessHeaders(access, body)), 'CHAIN_UNREACHABLE')
  } finally {
    await closed.close()
  }
})
