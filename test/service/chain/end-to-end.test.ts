import { readFileSync } from 'node:fs'
import { zeroHash } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scalarModulus } from '#prover/curve/bn254.js'
import { acceptDigit } from '#service/chain/accept-digit.js'
import { checkInference } from '#service/chain/check-inference.js'
import { consumeBatch } from '#service/chain/consume-batch.js'
import { consumeInference } from '#service/chain/consume-inference.js'
import { encodeProofCalldata } from '#service/chain/encode-proof-calldata.js'
import { readDigit } from '#service/chain/read-digit.js'
import { readModel } from '#service/chain/read-model.js'
import { registerModel } from '#service/chain/register-model.js'
import { requestDigit } from '#service/chain/request-digit.js'
import { type DeployedChain, deployedChain } from './deployed-chain.js'
import { fixtureInference, fixtures } from './fixtures.js'

const gas = JSON.parse(
  readFileSync(new URL('../../../verifier-contracts/snapshots/gas.json', import.meta.url), 'utf8'),
) as Record<string, string>

let chain: DeployedChain
beforeAll(async () => {
  chain = await deployedChain()
})
afterAll(() => chain?.anvil.stop())

function query(inference = fixtureInference('consumer')) {
  const { modelId, version } = chain.model
  return { verifier: chain.deployment.verifier, modelId, version, inference }
}

const refused = (reason: string) => ({ code: 'CHAIN_REJECTED', details: { reason } })

describe('the registry', () => {
  test('holds what was registered', async () => {
    const { modelId, version, vkHash } = chain.model
    const { registry } = chain.deployment
    const model = await readModel(chain.deployer, { registry, modelId, version })
    expect(model).toMatchObject({
      vkHash,
      status: 'active',
      setup: 'development',
      inputSignals: 1,
      outputSignals: 2,
      transcriptHash: zeroHash,
      uri: 'data:application/json,%7B%22name%22%3A%22digits%22%7D',
    })
  })

  test('refuses a key marked development as production', async () => {
    const registration = registerModel(chain.deployer, {
      registry: chain.deployment.registry,
      name: 'digits',
      modelHash: chain.model.vkHash,
      circuitHash: chain.model.vkHash,
      verificationKey: fixtures.verificationKey,
      setup: { kind: 'production', transcriptHash: chain.model.vkHash },
    })
    await expect(registration).rejects.toMatchObject(refused('DevelopmentKey'))
  })

  test('names a version that is not there', async () => {
    const { registry } = chain.deployment
    const reading = readModel(chain.deployer, { registry, modelId: 1n, version: 7 })
    await expect(reading).rejects.toMatchObject(refused('VersionNotFound'))
  })
})

describe('the verifier', () => {
  test('stands where the fixtures expect it', () => {
    expect(chain.deployment.verifier.toLowerCase()).toBe(fixtures.verifier.toLowerCase())
    expect(chain.provenDigit.toLowerCase()).toBe(fixtures.provenDigit.toLowerCase())
  })

  test('accepts a proof once, for the gas of the snapshot', async () => {
    const accepted = await consumeInference(chain.consumer, query())
    expect(accepted.gasUsed).toBe(BigInt(gas['consume, first nonce of 256']!))
    await expect(consumeInference(chain.consumer, query())).rejects.toMatchObject(refused('NonceSpent'))
    await expect(
      consumeInference(chain.consumer, query(fixtureInference('rerandomised'))),
    ).rejects.toMatchObject(refused('NonceSpent'))
    const next = await consumeInference(chain.consumer, query(fixtureInference('consumer', 33)))
    expect(next.gasUsed).toBeLessThanOrEqual(260_000n)
  })

  test('accepts 32 proofs at once, for the gas of the snapshot', async () => {
    const inferences = Array.from({ length: 32 }, (_, index) => fixtureInference('consumer', index + 1))
    const { gasUsed } = await consumeBatch(chain.consumer, { ...query(), inferences })
    expect(gasUsed).toBe(BigInt(gas['consumeBatch of 32']!))
  })

  test('gives its verdict without a transaction', async () => {
    expect(await checkInference(chain.deployer, query())).toBe('Valid')
    expect(await checkInference(chain.deployer, query(fixtureInference('bearer')))).toBe('Valid')
    expect(await checkInference(chain.deployer, { ...query(), version: 2 })).toBe('VersionUnknown')
    for (const group of ['otherModel', 'otherChain', 'otherVerifier'] as const) {
      expect(await checkInference(chain.deployer, query(fixtureInference(group)))).toBe('ProofInvalid')
    }
  })

  test('takes what encodeProofCalldata makes of a snarkjs proof', () => {
    const proof = fixtures.proofs.consumer[0]!
    const { requester, nonce } = fixtureInference('consumer')
    expect(encodeProofCalldata({ ...proof.snarkjs!, requester, nonce })).toEqual(fixtureInference('consumer'))
  })
})

describe('ProvenDigit', () => {
  test('accepts a proven digit once, and no forgery', async () => {
    const { provenDigit, consumer } = chain
    const { nonce } = await requestDigit(consumer, { provenDigit })
    expect(nonce).toBe(0n)
    expect(await readDigit(consumer, { provenDigit, nonce })).toEqual({ status: 'open', digit: 0 })
    const inference = fixtureInference('provenDigit')
    const [commitment, first, second] = inference.statement as [bigint, bigint, bigint]
    const deliver = (change: Partial<typeof inference>) =>
      acceptDigit(consumer, { provenDigit, inference: { ...inference, ...change } })

    await expect(deliver({ statement: [commitment, first + 1n, second] })).rejects.toMatchObject(
      refused('InvalidProof'),
    )
    await expect(deliver({ statement: [commitment + scalarModulus, first, second] })).rejects.toMatchObject(
      refused('SignalOutOfField'),
    )
    await expect(deliver(fixtureInference('otherModel'))).rejects.toMatchObject(refused('NotRequester'))
    await expect(deliver({ proof: fixtureInference('otherModel').proof })).rejects.toMatchObject(
      refused('InvalidProof'),
    )

    const { digit, transaction } = await deliver({})
    expect(digit).toBe(fixtures.proofs.provenDigit[0]!.digit)
    expect(transaction.gasUsed).toBeLessThanOrEqual(260_000n)
    expect(await readDigit(consumer, { provenDigit, nonce })).toEqual({ status: 'answered', digit })
    await expect(deliver({})).rejects.toMatchObject(refused('RequestNotOpen'))
  })
})
