import { readFileSync } from 'node:fs'
import { createTestClient, http, keccak256, toHex } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ChainWriter, connectChain } from '#service/chain/connect-chain.js'
import { deployContracts } from '#service/chain/deploy-contracts.js'
import { deployOracle } from '#service/chain/deploy-oracle.js'
import { encodeFulfilment, fulfilmentNonce } from '#service/chain/encode-fulfilment.js'
import { fulfilEach, fulfilInference } from '#service/chain/fulfil-inference.js'
import { readCredit } from '#service/chain/read-credit.js'
import { readRequest } from '#service/chain/read-request.js'
import { redeliverAnswer } from '#service/chain/redeliver-answer.js'
import { refundRequest } from '#service/chain/refund-request.js'
import { registerModel } from '#service/chain/register-model.js'
import { requestInference } from '#service/chain/request-inference.js'
import { type Anvil, startAnvil } from '#service/chain/start-anvil.js'
import { withdrawCredit } from '#service/chain/withdraw-credit.js'
import { fixtureAnswer, oracleFixtures } from './oracle-fixtures.js'

const gas = JSON.parse(
  readFileSync(new URL('../../../verifier-contracts/snapshots/oracle.json', import.meta.url), 'utf8'),
) as Record<string, string>
const { prover, rival } = oracleFixtures
const { fee } = fixtureAnswer('answers')

let anvil: Anvil
let asker: ChainWriter
let proverChain: ChainWriter
let rivalChain: ChainWriter
let oracle: `0x${string}`
let model: { modelId: bigint; version: number }
beforeAll(async () => {
  anvil = await startAnvil()
  const writers = await Promise.all(
    anvil.privateKeys.map((privateKey) => connectChain({ rpcUrl: anvil.rpcUrl, privateKey })),
  )
  const deployer = writers[0]!
  ;[, asker, proverChain, rivalChain] = writers as [ChainWriter, ChainWriter, ChainWriter, ChainWriter]
  const { registry, verifier } = await deployContracts(deployer)
  model = await registerModel(deployer, {
    registry,
    name: 'digits',
    modelHash: keccak256('0x01'),
    circuitHash: keccak256('0x02'),
    verificationKey: oracleFixtures.verificationKey,
    setup: { kind: 'development' },
  })
  oracle = (await deployOracle(deployer, { verifier })).address
})
afterAll(() => anvil?.stop())

const refused = (reason: string, args?: string[]) => ({
  code: 'CHAIN_REJECTED',
  details: args ? { reason, args } : { reason },
})

/** Asks what the fixtures' answer of this index answers. */
async function ask(index: number) {
  const { timestamp } = await asker.client.getBlock()
  const input = fixtureAnswer('answers', index).statement.slice(0, 1)
  const deadline = Number(timestamp) + 600
  const { modelId } = model
  return requestInference(asker, { oracle, modelId, input, maxFee: fee, deadline, data: toHex('salt') })
}

const creditOf = (account: `0x${string}`) => readCredit(asker, { contract: oracle, account })

describe('the oracle', () => {
  test('stands where the fixtures expect it', () => {
    expect(oracle.toLowerCase()).toBe(oracleFixtures.oracle.toLowerCase())
  })

  test('pays the maker of an answer, whoever sends it, once', async () => {
    const { requestId, version, royaltyBps } = await ask(0)
    expect({ requestId, version, royaltyBps }).toEqual({ requestId: 0n, version: 1, royaltyBps: 0 })
    expect(await readRequest(asker, { oracle, requestId })).toMatchObject({
      status: 'open',
      asker: asker.account.address,
      modelId: model.modelId,
      version: 1,
      maxFee: fee,
      inputSignals: 1,
    })

    const fulfilment = fixtureAnswer('answers')
    await expect(
      fulfilInference(rivalChain, { oracle, fulfilment: { ...fulfilment, payee: rival } }),
    ).rejects.toMatchObject(refused('InvalidProof'))

    const taken = await fulfilInference(rivalChain, { oracle, fulfilment })
    expect(taken).toMatchObject({ requestId: 0n, payee: prover, fee, royalty: 0n, callbackFailed: false })
    expect(taken.transaction.gasUsed).toBe(BigInt(gas['fulfil, first credit of the payee']!))
    expect(await readRequest(asker, { oracle, requestId })).toMatchObject({ status: 'fulfilled' })
    expect(await creditOf(rival)).toBe(0n)

    await expect(fulfilInference(rivalChain, { oracle, fulfilment })).rejects.toMatchObject(
      refused('FulfilmentRefused', ['0', '1']),
    )
    const { statement } = fulfilment
    await expect(redeliverAnswer(asker, { oracle, requestId, statement })).rejects.toMatchObject(
      refused('NotRedeliverable'),
    )
    const { amount } = await withdrawCredit(proverChain, { contract: oracle })
    expect(amount).toBe(fee)
    await expect(withdrawCredit(proverChain, { contract: oracle })).rejects.toMatchObject(
      refused('NothingToWithdraw'),
    )
  })

  test('takes the good answers of a batch', async () => {
    await ask(1)
    await ask(2)
    const [first, second] = [fixtureAnswer('answers', 1), fixtureAnswer('answers', 2)]
    const [input, output, ...rest] = second.statement as [bigint, bigint, ...bigint[]]
    const forged = { ...second, statement: [input, output + 1n, ...rest] }
    const { fulfilled } = await fulfilEach(proverChain, {
      oracle,
      ...model,
      fulfilments: [forged, first, first],
    })
    expect(fulfilled.map(({ requestId }) => requestId)).toEqual([1n])
    expect(await readRequest(asker, { oracle, requestId: 2n })).toMatchObject({ status: 'open' })
    expect(await creditOf(prover)).toBe(fee)
  })

  test('gives the fee back after the deadline', async () => {
    await expect(refundRequest(asker, { oracle, requestId: 2n })).rejects.toMatchObject(
      refused('NotRefundable'),
    )
    const time = createTestClient({ mode: 'anvil', transport: http(anvil.rpcUrl) })
    await time.increaseTime({ seconds: 1200 })
    await time.mine({ blocks: 1 })
    await expect(
      fulfilInference(proverChain, { oracle, fulfilment: fixtureAnswer('answers', 2) }),
    ).rejects.toMatchObject(refused('FulfilmentRefused', ['2', '2']))
    await refundRequest(rivalChain, { oracle, requestId: 2n })
    expect(await readRequest(asker, { oracle, requestId: 2n })).toMatchObject({ status: 'refunded' })
    expect(await creditOf(asker.account.address)).toBe(fee)
    const { amount } = await withdrawCredit(asker, { contract: oracle, to: rival })
    expect(amount).toBe(fee)
  })

  test('names what is wrong with a question', async () => {
    const { modelId } = model
    const { timestamp } = await asker.client.getBlock()
    const question = { oracle, modelId, input: [1n], maxFee: 0n, deadline: Number(timestamp) + 600 }
    const asking = (change: Partial<typeof question>) => requestInference(asker, { ...question, ...change })
    await expect(asking({ input: [1n, 2n] })).rejects.toMatchObject(refused('InputLengthWrong', ['1', '2']))
    await expect(asking({ deadline: 1 })).rejects.toMatchObject(refused('DeadlineInvalid'))
    await expect(asking({ modelId: 7n })).rejects.toMatchObject(refused('VersionNotUsable'))
  })
})

test('a proof for other terms is refused before it is sent', () => {
  const { requestId, proof, statement } = fixtureAnswer('answers')
  const nonce = fulfilmentNonce({ requestId, payee: prover, fee })
  const encoding = () =>
    encodeFulfilment({ requestId, payee: rival, fee }, { proof, statement, requester: rival, nonce })
  expect(encoding).toThrowError(expect.objectContaining({ code: 'INVALID_PROOF' }))
})
