import { isAddressEqual } from 'viem'
import { toZkserveError, ZkserveError } from '#circuits/errors.js'
import { drawSalt } from '#prover/inference/commitment.js'
import type { AgentContracts } from '#service/agents/deploy-agents.js'
import type { FoundModel } from '#service/agents/discover.js'
import { readEvaluator, rejectExpired } from '#service/agents/evaluate-job.js'
import { type JobTerms, jobNonce } from '#service/agents/job-terms.js'
import { fundJob, readJob } from '#service/agents/jobs.js'
import { Purse } from '#service/agents/purse.js'
import { readValidations } from '#service/agents/validations.js'
import { inputSignals, type WorkOrder } from '#service/agents/work-order.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import type { SentTransaction } from '#service/chain/send-transaction.js'
import { verifyAnswer } from '#service/client/trusted-model.js'
import type { ProofReply } from '#service/http/schemas/inference.js'

/** What a buyer does and does not. */
export interface BuyerPolicy {
  /** All that it may spend, in units of the token. */
  readonly budget: bigint
  /** The most that it pays for one answer. */
  readonly mostPerJob: bigint
  /** Seconds that a provider gets. */
  readonly patience: number
  /** Proven validations that an agent must have, all of them passed. */
  readonly validations: number
}

/** A job of the buyer's, and what its provider is told. */
export interface Order extends WorkOrder {
  readonly found: FoundModel
  readonly terms: JobTerms
  readonly price: bigint
  readonly expiredAt: number
  readonly transactions: Readonly<Record<string, SentTransaction>>
}

/** An agent that buys proven answers: it escrows, checks what it gets, and stays within its budget. */
export class Buyer {
  readonly purse: Purse
  readonly #chain: ChainWriter
  readonly #contracts: AgentContracts
  readonly #policy: BuyerPolicy
  /** Jobs whose price is held. */
  readonly #open = new Set<bigint>()

  constructor(chain: ChainWriter, contracts: AgentContracts, policy: BuyerPolicy) {
    this.#chain = chain
    this.#contracts = contracts
    this.#policy = policy
    this.purse = new Purse(policy.budget)
  }

  /**
   * Escrows the price of one answer. The input is committed to; provider and service alone learn it.
   *
   * @throws ZkserveError `BUDGET_EXCEEDED`, `INVALID_AGENT` where the agent is not validated enough, `CHAIN_REJECTED`
   */
  async order(found: FoundModel, input: unknown, price: bigint, brief = ''): Promise<Order> {
    const { mostPerJob, patience, validations } = this.#policy
    if (price > mostPerJob) {
      throw new ZkserveError('BUDGET_EXCEEDED', `${price} is more than ${mostPerJob} for one answer`)
    }
    await this.#requireContracts()
    const { count, average } = await readValidations(this.#chain, this.#contracts, found.agent.agentId)
    if (count < validations || (validations > 0 && average !== 100)) {
      throw new ZkserveError('INVALID_AGENT', `the agent has ${count} validations, of ${validations} wanted`)
    }
    const salt = drawSalt()
    const terms = {
      modelId: BigInt(found.model.modelId),
      version: found.model.version,
      input: inputSignals(found.trusted.manifest, { input, salt }),
    }
    this.purse.hold(price)
    try {
      const { timestamp } = await this.#chain.client.getBlock()
      const expiredAt = Number(timestamp) + patience
      const job = { terms, provider: found.agent.wallet, budget: price, expiredAt, brief }
      const { jobId, transactions } = await fundJob(this.#chain, this.#contracts, job)
      this.#open.add(jobId)
      return { jobId, input, salt, found, terms, price, expiredAt, transactions }
    } catch (error) {
      // Without an answer of the chain's the last call may have escrowed: what is not known to be left stays held.
      if (toZkserveError(error).code !== 'CHAIN_UNREACHABLE') this.purse.release(price)
      throw error
    }
  }

  /**
   * Takes what was delivered, if the chain says that the job is completed, and the proof that it is the answer.
   *
   * @returns the outputs by name
   * @throws ZkserveError `JOB_REFUSED`
   */
  async take(order: Order, reply: ProofReply): Promise<ProofReply['outputs']> {
    const { jobId, found, input, price } = order
    const { commerce, evaluator } = this.#contracts
    const nonce = jobNonce({ commerce, jobId, provider: found.agent.wallet })
    const expected = { input, requester: evaluator, nonce: String(nonce) }
    const { valid, reason } = { reason: '', ...(await verifyAnswer(found.trusted, reply, expected)) }
    if (!valid) throw new ZkserveError('JOB_REFUSED', `the answer does not hold: ${reason}`)
    const { status } = await readJob(this.#chain, this.#contracts, jobId)
    if (status !== 'completed') throw new ZkserveError('JOB_REFUSED', `the job is ${status}, not completed`)
    if (this.#open.delete(jobId)) this.purse.spend(price)
    return reply.outputs
  }

  /**
   * Takes the escrow of an expired job back, once.
   * @returns null where somebody else had it sent back
   * @throws ZkserveError `CHAIN_REJECTED` before it expires, or where it was paid; `JOB_REFUSED` where nothing is held
   */
  async reclaim({ jobId, price }: Order): Promise<SentTransaction | null> {
    if (!this.#open.has(jobId)) throw new ZkserveError('JOB_REFUSED', `nothing is held for job ${jobId}`)
    const { status } = await readJob(this.#chain, this.#contracts, jobId)
    // Anyone may have it rejected when it has expired, or its version is revoked.
    const isBack = status === 'rejected' || status === 'expired'
    const transaction = isBack ? null : await rejectExpired(this.#chain, this.#contracts, jobId)
    if (this.#open.delete(jobId)) this.purse.release(price)
    return transaction
  }

  /** The evaluator stands on the escrow and the verifier that the buyer trusts. */
  async #requireContracts(): Promise<void> {
    const { commerce, verifier } = this.#contracts
    const evaluator = await readEvaluator(this.#chain, this.#contracts)
    if (isAddressEqual(evaluator.commerce, commerce) && isAddressEqual(evaluator.verifier, verifier)) return
    throw new ZkserveError('JOB_REFUSED', 'the evaluator stands on another escrow or verifier')
  }
}
