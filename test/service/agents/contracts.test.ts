import { createTestClient, encodeFunctionData, erc20Abi, http, keccak256 } from 'viem'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { inferenceEvaluatorAbi } from '#contracts/generated/InferenceEvaluator.js'
import { inferenceValidatorAbi } from '#contracts/generated/InferenceValidator.js'
import { paymentTokenAbi, paymentTokenBytecode } from '#contracts/generated/PaymentToken.js'
import { loadBundle } from '#prover/bundle/load.js'
import { Buyer } from '#service/agents/buyer.js'
import { type AgentContracts, deployAgents } from '#service/agents/deploy-agents.js'
import type { FoundModel } from '#service/agents/discover.js'
import {
  deliverAnswer,
  deliveredStatement,
  readEvaluator,
  rejectExpired,
  rejectRevoked,
} from '#service/agents/evaluate-job.js'
import { readAgent, registerAgent } from '#service/agents/identities.js'
import { describeTerms, isJobOf, jobNonce } from '#service/agents/job-terms.js'
import { claimRefund, fundJob, readJob, submitJob } from '#service/agents/jobs.js'
import { Seller, type SoldModel } from '#service/agents/seller.js'
import { requestHashOf, requestPayload } from '#service/agents/validation-claim.js'
import { readValidations, requestValidation, respondToValidation } from '#service/agents/validations.js'
import { type ChainWriter, connectChain } from '#service/chain/connect-chain.js'
import { deployContract } from '#service/chain/deploy-contract.js'
import { deployContracts } from '#service/chain/deploy-contracts.js'
import { registerModel } from '#service/chain/register-model.js'
import { sendTransaction } from '#service/chain/send-transaction.js'
import { type Anvil, startAnvil } from '#service/chain/start-anvil.js'
import { pairBundle } from '../support/bundles.js'
import { agentFixtures, fixtureProof } from './fixtures.js'

const price = 5_000_000n
const [first, second] = agentFixtures.proofs.jobs.map(fixtureProof) as [
  ReturnType<typeof fixtureProof>,
  ReturnType<typeof fixtureProof>,
]
const [validation] = agentFixtures.proofs.validations
const claim = {
  ...{ agentId: 1n, modelId: 1n, version: 1, salt: validation!.salt },
  statement: fixtureProof(validation!).statement,
}
const terms = (statement: readonly bigint[]) => ({ modelId: 1n, version: 1, input: statement.slice(0, 1) })

let anvil: Anvil
let registry: `0x${string}`
let deployer: ChainWriter
let buyer: ChainWriter
let seller: ChainWriter
let contracts: AgentContracts
beforeAll(async () => {
  anvil = await startAnvil()
  const connect = (index: number) =>
    connectChain({ rpcUrl: anvil.rpcUrl, privateKey: anvil.privateKeys[index]! })
  deployer = await connect(0)
  buyer = await connect(1)
  seller = await connect(2)
  const deployed = await deployContracts(deployer)
  registry = deployed.registry
  await registerModel(deployer, {
    ...{ registry, name: 'digits', modelHash: keccak256('0x01'), circuitHash: keccak256('0x02') },
    ...{ verificationKey: agentFixtures.verificationKey, setup: { kind: 'development' } },
  })
  const supply = ['Test', 'TST', 100n * price, buyer.account.address]
  const { address: token } = await deployContract(deployer, paymentTokenAbi, paymentTokenBytecode, supply)
  contracts = await deployAgents(deployer, { verifier: deployed.verifier, token })
})
afterAll(() => anvil?.stop())

const refused = (reason: string) => ({ code: 'CHAIN_REJECTED', details: { reason } })

const fund = async (statement: readonly bigint[]) => {
  const { timestamp } = await buyer.client.getBlock()
  return fundJob(buyer, contracts, {
    ...{ terms: terms(statement), provider: seller.account.address, budget: price },
    ...{ expiredAt: Number(timestamp) + 600, brief: 'Which digit is this?' },
  })
}

const balanceOf = (account: `0x${string}`) =>
  buyer.client.readContract({
    ...{ address: contracts.token, abi: erc20Abi, functionName: 'balanceOf' },
    args: [account],
  })

const answer = (jobId: bigint, inference: ReturnType<typeof fixtureProof>) => ({
  ...{ jobId, modelId: 1n, version: 1, inference },
})

test('the contracts stand where the fixtures expect them', () => {
  const { commerce, evaluator, validator } = agentFixtures
  const lower = (address: string) => address.toLowerCase()
  expect([contracts.commerce, contracts.evaluator, contracts.validator].map(lower)).toEqual(
    [commerce, evaluator, validator].map(lower),
  )
})

describe('a job', () => {
  test('is paid for a proven answer, whoever hands it in', async () => {
    const { jobId } = await fund(first.statement)
    const job = await readJob(buyer, contracts, jobId)
    expect(job).toMatchObject({ id: jobId, status: 'funded', budget: price, client: buyer.account.address })
    expect(isJobOf(job.description, terms(first.statement))).toBe(true)
    expect(isJobOf(job.description, terms(second.statement))).toBe(false)
    await expect(deliverAnswer(buyer, contracts, answer(jobId, first))).rejects.toMatchObject(
      refused('NotSubmitted'),
    )
    await submitJob(seller, contracts, { jobId, deliverable: keccak256('0x01') })
    await expect(deliverAnswer(seller, contracts, answer(jobId, second))).rejects.toMatchObject(
      refused('TermsDiffer'),
    )
    const delivered = await deliverAnswer(buyer, contracts, answer(jobId, first))
    expect(deliveredStatement(delivered, jobId)).toEqual(first.statement)
    expect(() => deliveredStatement(delivered, jobId + 1n)).toThrowError(
      expect.objectContaining({ code: 'CHAIN_REJECTED' }),
    )
    expect(await readJob(buyer, contracts, jobId)).toMatchObject({ status: 'completed' })
    expect(await balanceOf(seller.account.address)).toBe(price)
    await expect(claimRefund(buyer, contracts, jobId)).rejects.toMatchObject(refused('StatusWrong'))
  })

  test('is refunded after its expiry', async () => {
    const { jobId } = await fund(second.statement)
    const { jobId: other } = await fund(second.statement)
    await expect(rejectExpired(buyer, contracts, jobId)).rejects.toMatchObject(refused('NotRejectable'))
    const time = createTestClient({ mode: 'anvil', transport: http(anvil.rpcUrl) })
    await time.increaseTime({ seconds: 600 })
    await time.mine({ blocks: 1 })
    await rejectExpired(seller, contracts, jobId)
    await claimRefund(seller, contracts, other)
    expect(await readJob(buyer, contracts, jobId)).toMatchObject({ status: 'rejected' })
    expect(await readJob(buyer, contracts, other)).toMatchObject({ status: 'expired' })
    expect(await balanceOf(buyer.account.address)).toBe(99n * price)
  })

  test('that nobody made is told as such', async () => {
    await expect(readJob(buyer, contracts, 99n)).rejects.toMatchObject(refused('JobNotFound'))
  })

  test('has the terms and the nonce of the contract', async () => {
    const { modelId, version, input } = terms(first.statement)
    const evaluator = { address: contracts.evaluator, abi: inferenceEvaluatorAbi } as const
    expect(describeTerms({ modelId, version, input })).toBe(
      await buyer.client.readContract({
        ...{ ...evaluator, functionName: 'describe' },
        args: [modelId, version, input],
      }),
    )
    const provider = seller.account.address
    expect(jobNonce({ commerce: contracts.commerce, jobId: 7n, provider })).toBe(
      await buyer.client.readContract({ ...evaluator, functionName: 'nonceOf', args: [7n, provider] }),
    )
    expect(await readEvaluator(buyer, contracts)).toEqual({
      commerce: contracts.commerce,
      verifier: contracts.verifier,
      registry,
    })
  })
})

describe('an agent', () => {
  test('is registered with its wallet and its URI', async () => {
    const { identities } = contracts
    const { agentId } = await registerAgent(seller, { identities, uri: 'https://agent.example' })
    expect(await readAgent(buyer, { identities, agentId })).toEqual({
      agentId: 1n,
      owner: seller.account.address,
      wallet: seller.account.address,
      uri: 'https://agent.example',
    })
    await expect(readAgent(buyer, { identities, agentId: 9n })).rejects.toMatchObject(
      refused('ERC721NonexistentToken'),
    )
  })

  test('has its answer validated by a proof', async () => {
    const { requestHash } = await requestValidation(seller, contracts, claim)
    expect(requestHash).toBe(validation!.requestHash)
    const abi = inferenceValidatorAbi
    const [hash, payload] = await Promise.all(
      (['requestHashOf', 'requestPayload'] as const).map((functionName) =>
        buyer.client.readContract({ address: contracts.validator, abi, functionName, args: [claim] }),
      ),
    )
    expect([hash, payload]).toEqual([requestHashOf(claim), requestPayload(claim)])
    expect(await readValidations(buyer, contracts, 1n)).toEqual({ count: 0, average: 0 })
    await expect(respondToValidation(buyer, contracts, claim, first.proof)).rejects.toMatchObject(
      refused('InvalidProof'),
    )
    await respondToValidation(buyer, contracts, claim, fixtureProof(validation!).proof)
    expect(await readValidations(buyer, contracts, 1n)).toEqual({ count: 1, average: 100 })
  })
})

describe('a buyer', () => {
  const question = { a: [0, 0.5, 1], b: [1, 1, 0] }
  const policy = { budget: 3n * price, mostPerJob: price, patience: 600, validations: 0 }
  let found: FoundModel
  beforeAll(async () => {
    const { manifest } = await loadBundle(await pairBundle())
    found = {
      ...{ agent: { agentId: 1n, wallet: seller.account.address }, model: { modelId: '1', version: 1 } },
      trusted: { manifest },
    } as unknown as FoundModel
  })

  test('has its budget back when somebody else had the job rejected, once', async () => {
    const agent = new Buyer(buyer, contracts, policy)
    const [job, other] = [
      await agent.order(found, question, price),
      await agent.order(found, question, price),
    ]
    await expect(agent.reclaim(job)).rejects.toMatchObject(refused('NotRejectable'))
    const time = createTestClient({ mode: 'anvil', transport: http(anvil.rpcUrl) })
    await time.increaseTime({ seconds: 601 })
    await time.mine({ blocks: 1 })
    await rejectExpired(seller, contracts, job.jobId)
    expect(await agent.reclaim(job)).toBeNull()
    expect([agent.purse.left, agent.purse.held]).toEqual([2n * price, price])
    await expect(agent.reclaim(job)).rejects.toMatchObject({ code: 'JOB_REFUSED' })
    expect(await agent.reclaim(other)).toMatchObject({ hash: expect.any(String) })
    expect(agent.purse.left).toBe(policy.budget)
  })

  test('is served by a seller whose delivery failed the first time', async () => {
    const agent = new Buyer(buyer, contracts, policy)
    const order = await agent.order(found, question, price)
    const model = { modelId: 1n, version: 1, trusted: found.trusted } as unknown as SoldModel
    const worker = new Seller(seller, contracts, { price, leastTime: 60 }, model)
    // A proof of something else: the evaluator does not take it.
    const proven = { reply: {}, inference: first } as unknown as Awaited<ReturnType<Seller['prove']>>
    const prove = vi.spyOn(worker, 'prove').mockResolvedValue(proven)
    await expect(worker.work(order)).rejects.toMatchObject(refused('TermsDiffer'))
    expect((await readJob(buyer, contracts, order.jobId)).status).toBe('submitted')
    // It is not submitted again, and not refused for that.
    await expect(worker.work(order)).rejects.toMatchObject(refused('TermsDiffer'))
    expect(prove).toHaveBeenCalledTimes(2)
  })
})

test('a job of a revoked version is refunded before it expires', async () => {
  const { jobId } = await fund(first.statement)
  const job = { jobId, ...terms(first.statement) }
  await expect(rejectRevoked(buyer, contracts, job)).rejects.toMatchObject(refused('NotRejectable'))
  const data = encodeFunctionData({
    abi: [
      {
        ...{ type: 'function', name: 'setVersionStatus', stateMutability: 'nonpayable', outputs: [] },
        inputs: [
          { type: 'uint256', name: 'modelId' },
          { type: 'uint32', name: 'version' },
          { type: 'uint8', name: 'status' },
        ],
      },
    ] as const,
    args: [1n, 1, 3],
  })
  await sendTransaction(deployer, { to: registry, data })
  await rejectRevoked(seller, contracts, job)
  expect(await readJob(buyer, contracts, jobId)).toMatchObject({ status: 'rejected' })
})
