/** A bundle that a ceremony made, in the service and on chain. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { datasetRow } from '#circuits/data/dataset.js'
import { createSnarkjsProver } from '#prover/backends/snarkjs.js'
import type { Bundle } from '#prover/bundle/load.js'
import { transcriptHash } from '#prover/ceremony/transcript.js'
import { proveInference } from '#prover/prove.js'
import { consumeInference } from '#service/chain/consume-inference.js'
import { encodeProofCalldata } from '#service/chain/encode-proof-calldata.js'
import { readModel } from '#service/chain/read-model.js'
import { registerModel } from '#service/chain/register-model.js'
import { registrationOf } from '#service/chain/registration-of.js'
import { ceremonyBundle, ceremonyTimeout } from '../support/ceremony-bundle.js'
import { tinySource } from '../support/tiny-source.js'
import { type DeployedChain, deployedChain } from './chain/deployed-chain.js'
import { testServer } from './support/test-server.js'

const folder = mkdtempSync(join(tmpdir(), 'zkserve-ceremony-chain-'))
const source = tinySource(3)
let bundle: Bundle
let chain: DeployedChain
beforeAll(async () => {
  chain = await deployedChain()
  bundle = await ceremonyBundle(source, folder)
}, ceremonyTimeout)
afterAll(() => {
  rmSync(folder, { recursive: true })
  return chain?.anvil.stop()
})

test('is served as a model for production', async () => {
  const server = await testServer([bundle.dir])
  try {
    const { vkHash } = bundle.manifest
    const response = await server.inject({ url: `/models/${vkHash}` })
    expect({ statusCode: response.statusCode, ...response.json() }).toMatchObject({
      statusCode: 200,
      setup: { kind: 'ceremony', production: true },
    })
  } finally {
    await server.close()
  }
})

test('is registered for production with the hash of its transcript, and its proofs are accepted', async () => {
  const { registry, verifier } = chain.deployment
  const { modelId, version, vkHash } = await registerModel(chain.deployer, registrationOf(bundle, registry))
  expect(vkHash).toBe(bundle.manifest.vkHash)
  const { setup } = bundle.manifest
  if (setup.kind !== 'ceremony') throw new Error('not of a ceremony')
  expect(await readModel(chain.deployer, { registry, modelId, version })).toMatchObject({
    setup: 'production',
    transcriptHash: transcriptHash(setup.transcript),
  })
  const binding = {
    chainId: chain.consumer.chainId,
    verifier,
    requester: chain.consumer.account.address,
    nonce: 7n,
  }
  const prover = createSnarkjsProver()
  const row = datasetRow(source.calibration, 0)
  const { proof, publicSignals } = await proveInference(bundle, prover, row, { context: binding })
  await prover.close()
  const { requester, nonce } = binding
  const inference = encodeProofCalldata({ proof, publicSignals, requester, nonce })
  const accepted = await consumeInference(chain.consumer, { verifier, modelId, version, inference })
  expect(accepted.receipt.status).toBe('success')
})
