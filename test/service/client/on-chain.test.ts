/** What the client gets from the service, given to contracts on a real chain. */
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadBundle } from '#prover/bundle/load.js'
import { type ChainWriter, connectChain } from '#service/chain/connect-chain.js'
import { deployContracts } from '#service/chain/deploy-contracts.js'
import { registerModel } from '#service/chain/register-model.js'
import { type Anvil, startAnvil } from '#service/chain/start-anvil.js'
import { ZkserveClient } from '#service/client/client.js'
import { submitOnChain } from '#service/client/submit-on-chain.js'
import { digitsBundle, digitsInput } from '../support/bundles.js'
import { testServer } from '../support/test-server.js'

let anvil: Anvil
let server: FastifyInstance

beforeAll(async () => {
  anvil = await startAnvil()
  server = await testServer([await digitsBundle()])
  await server.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(async () => {
  await server?.close()
  await anvil?.stop()
})

test('a proof from the service is accepted by a contract, once and from its requester alone', async () => {
  const connect = (privateKey: `0x${string}`): Promise<ChainWriter> =>
    connectChain({ rpcUrl: anvil.rpcUrl, privateKey })
  const [owner, requester] = (await Promise.all(anvil.privateKeys.slice(0, 2).map(connect))) as [
    ChainWriter,
    ChainWriter,
  ]
  const { registry, verifier } = await deployContracts(owner)
  const { manifest, verificationKey } = await loadBundle(await digitsBundle())
  const { name, modelHash, circuitHash } = manifest
  const model = { registry, name, modelHash, circuitHash, verificationKey }
  const { modelId, version } = await registerModel(owner, { ...model, setup: { kind: 'development' } })

  const { port } = server.server.address() as AddressInfo
  const client = new ZkserveClient({ url: `http://127.0.0.1:${port}` })
  const answer = await client.inferAndProve({
    input: digitsInput(),
    ...{ verifier, chainId: String(requester.chainId), requester: requester.account.address, nonce: '1' },
  })

  const refused = (reason: string) => ({ code: 'CHAIN_REJECTED', details: { reason } })
  const submit = (from: ChainWriter, proof = answer) => submitOnChain(proof, { ...from, modelId, version })
  const { inference } = answer.calldata
  const forged = { ...inference, statement: inference.statement.toReversed() }
  await expect(submit(owner)).rejects.toMatchObject(refused('NotRequester'))
  await expect(
    submit(requester, { ...answer, calldata: { ...answer.calldata, inference: forged } }),
  ).rejects.toMatchObject(refused('InvalidProof'))
  const accepted = await submit(requester)
  expect(accepted.receipt.status).toBe('success')
  await expect(submit(requester)).rejects.toMatchObject(refused('NonceSpent'))
})
