import { encodePacked, isAddressEqual, keccak256 } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import type { AgentContracts } from '#service/agents/deploy-agents.js'
import { deliverAnswer, readEvaluator } from '#service/agents/evaluate-job.js'
import { isJobOf, jobNonce } from '#service/agents/job-terms.js'
import { type Job, readJob, submitJob } from '#service/agents/jobs.js'
import { requestHashOf } from '#service/agents/validation-claim.js'
import { requestValidation, respondToValidation } from '#service/agents/validations.js'
import { inputSignals, type WorkOrder } from '#service/agents/work-order.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { encodeProofCalldata, type Inference } from '#service/chain/encode-proof-calldata.js'
import { readModel } from '#service/chain/read-model.js'
import type { SentTransaction } from '#service/chain/send-transaction.js'
import type { ZkserveClient } from '#service/client/client.js'
import type { TrustedModel } from '#service/client/trusted-model.js'
import type { ProofReply } from '#service/http/schemas/inference.js'

/** What a seller does and does not. */
export interface SellerPolicy {
  /** The least that it works for, in units of the token. */
  readonly price: bigint
  /** Seconds that it wants to have until a job expires. */
  readonly leastTime: number
}

/** A model that a seller has, where it is registered, and the service that proves its answers. */
export interface SoldModel {
  readonly modelId: bigint
  readonly version: number
  readonly trusted: TrustedModel
  readonly service: ZkserveClient
}

/** What a seller did for a job. */
export interface Delivery {
  /** For the client, who checks it by itself. */
  readonly reply: ProofReply
  readonly inference: Inference
  /** Null where that was done before, and what followed failed. */
  readonly submitted: SentTransaction | null
  readonly delivered: SentTransaction
}

/** An agent that sells proven answers: it works for jobs that are escrowed on terms that it can keep. */
export class Seller {
  readonly #chain: ChainWriter
  readonly #contracts: AgentContracts
  readonly #policy: SellerPolicy
  readonly #model: SoldModel

  constructor(chain: ChainWriter, contracts: AgentContracts, policy: SellerPolicy, model: SoldModel) {
    this.#chain = chain
    this.#contracts = contracts
    this.#policy = policy
    this.#model = model
  }

  /** The job, unless it would not be paid, or not enough. @throws ZkserveError `JOB_REFUSED` */
  async consider(order: WorkOrder): Promise<Job> {
    const { evaluator } = this.#contracts
    const { modelId, version, trusted } = this.#model
    const { price, leastTime } = this.#policy
    const job = await readJob(this.#chain, this.#contracts, order.jobId)
    const { timestamp } = await this.#chain.client.getBlock()
    const { registry } = await readEvaluator(this.#chain, this.#contracts)
    const { status } = await readModel(this.#chain, { registry, modelId, version })
    const terms = { modelId, version, input: inputSignals(trusted.manifest, order) }
    // None but its provider submits a job: it was begun here, and its proof or its delivery failed.
    const isBegun = job.status === 'submitted'
    const refusals: readonly (readonly [boolean, string])[] = [
      [!isAddressEqual(job.evaluator, evaluator), 'another evaluator decides it'],
      [!isAddressEqual(job.provider, this.#chain.account.address), 'another provider is to do it'],
      [!isBegun && job.status !== 'funded', `it is ${job.status}, not funded`],
      [job.budget < price, `it pays ${job.budget}, less than ${price}`],
      [!isBegun && job.expiredAt - Number(timestamp) < leastTime, 'it expires too soon'],
      [status === 'revoked', 'its version is revoked'],
      [!isJobOf(job.description, terms), 'its terms are not of this model and input'],
    ]
    const refusal = refusals.find(([refused]) => refused)
    if (refusal !== undefined) throw new ZkserveError('JOB_REFUSED', `the job is refused: ${refusal[1]}`)
    return job
  }

  /**
   * Proves the answer, submits, and has the evaluator pay; of a job that was submitted before, what is left of it.
   * @throws ZkserveError `JOB_REFUSED`, `CHAIN_REJECTED`, `CHAIN_UNREACHABLE`: the same order may come again
   */
  async work(order: WorkOrder): Promise<Delivery> {
    const { status } = await this.consider(order)
    const { jobId } = order
    const { commerce, evaluator } = this.#contracts
    const nonce = jobNonce({ commerce, jobId, provider: this.#chain.account.address })
    const { reply, inference } = await this.prove(order, { requester: evaluator, nonce })
    const deliverable = keccak256(encodePacked(['uint256[]'], [[...inference.statement]]))
    const submitted =
      status === 'submitted' ? null : await submitJob(this.#chain, this.#contracts, { jobId, deliverable })
    const { modelId, version } = this.#model
    const answer = { jobId, modelId, version, inference }
    const delivered = await deliverAnswer(this.#chain, this.#contracts, answer)
    return { reply, inference, submitted, delivered }
  }

  /** Has an answer of its own validated by a proof: others see that it holds what it says. */
  async validate(
    agentId: bigint,
    question: Omit<WorkOrder, 'jobId'>,
    statement: readonly bigint[],
  ): Promise<{ readonly requested: SentTransaction; readonly responded: SentTransaction }> {
    const { modelId, version } = this.#model
    const salt = keccak256(encodePacked(['uint256'], [question.salt]))
    const claim = { agentId, modelId, version, statement, salt }
    const { transaction: requested } = await requestValidation(this.#chain, this.#contracts, claim)
    const binding = { requester: this.#contracts.validator, nonce: BigInt(requestHashOf(claim)) }
    const { inference } = await this.prove(question, binding)
    const responded = await respondToValidation(this.#chain, this.#contracts, claim, inference.proof)
    return { requested, responded }
  }

  /** Has the service prove an answer for a contract and its number. */
  async prove(
    { input, salt }: Omit<WorkOrder, 'jobId'>,
    binding: Pick<Inference, 'requester' | 'nonce'>,
  ): Promise<{ readonly reply: ProofReply; readonly inference: Inference }> {
    const { trusted, service } = this.#model
    const reply = await service.inferAndProve({
      model: trusted.manifest.vkHash,
      input,
      ...(trusted.manifest.inputMode === 'hashed' ? { salt: String(salt) } : {}),
      requester: binding.requester,
      nonce: String(binding.nonce),
    })
    const { proof, publicSignals } = reply
    return { reply, inference: encodeProofCalldata({ proof, publicSignals, ...binding }) }
  }
}
