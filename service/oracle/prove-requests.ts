import { ZkserveError } from '#circuits/errors.js'
import type { Backend } from '#prover/backends/backend-names.js'
import type { Bundle } from '#prover/bundle/load.js'
import { contextOf, type ProofBinding } from '#prover/context.js'
import { proofMemory } from '#prover/memory.js'
import { fulfilmentNonce } from '#service/chain/encode-fulfilment.js'
import { encodeProofCalldata } from '#service/chain/encode-proof-calldata.js'
import type { ProofReply } from '#service/http/schemas/inference.js'
import type { JobResult, JobSubject } from '#service/http/schemas/job.js'
import { hashesOf } from '#service/http/schemas/model.js'
import type { JobQueue } from '#service/jobs/job-queue.js'
import type { Jobs } from '#service/jobs/jobs.js'
import type { ServiceTask } from '#service/jobs/tasks.js'
import type { ServedModels } from '#service/models/served-models.js'
import type { DataFees } from '#service/oracle/data-fees.js'
import { currentStatus, findModel } from '#service/oracle/find-proof.js'
import { isTooLate, judgeRequest, type Policy } from '#service/oracle/judge-request.js'
import type { Openings } from '#service/oracle/openings.js'
import type { BlockHead, OracleChain } from '#service/oracle/oracle-chain.js'
import type { EndReason, OracleRequest, StoredAnswer } from '#service/oracle/oracle-request.js'
import { decodeOpening, type ProvableInput, readInput } from '#service/oracle/read-input.js'
import { dueRequests, endRequest, type LedgerEntry, moveRequest } from '#service/oracle/request-ledger.js'
import type { WatchLease } from '#service/oracle/watch-lease.js'
import type { WatchStep } from '#service/oracle/watch-step.js'
import { defaultTenant } from '#service/tenants/tenant.js'

export interface ProvingOptions {
  readonly chain: OracleChain
  readonly lease: WatchLease
  /** Whom answers pay. */
  readonly account: `0x${string}`
  readonly models: ServedModels
  readonly jobs: Pick<Jobs<ServiceTask, JobSubject, JobResult>, 'submit'>
  readonly queue: Pick<JobQueue<ServiceTask, JobSubject, JobResult>, 'get'>
  readonly openings: Pick<Openings, 'find'>
  readonly dataFees: Pick<DataFees, 'ofAnswer'>
  readonly policy: Policy
  readonly prover: { readonly backend: Backend; readonly threads: number }
  readonly step: WatchStep
  /** Told of requests that could not be dealt with, and are tried again. */
  readonly onError: (error: ZkserveError, requestId: bigint) => void
}

/** Requests that are looked at in one round. */
const atOnce = 64
/** Proofs of one request that may fail. */
export const mostTries = 3
/** ms until a request is looked at again that waits for its input, or that something failed for; a new one sooner. */
const pause = { least: 5_000, most: 300_000 }

/** Decides about requests, has the answers proven by the job queue, and keeps them. */
export class RequestProver {
  readonly #options: ProvingOptions

  constructor(options: ProvingOptions) {
    this.#options = options
  }

  /** Takes on what is worth it, and ends the rest. @param gasPrice in wei @throws LeaseLost */
  async decide(head: BlockHead, gasPrice: bigint): Promise<void> {
    const { lease, onError } = this.#options
    for (const entry of await lease.read((tables) => dueRequests(tables, lease.id, 'open', atOnce))) {
      try {
        await this.#decideOne(entry, head, gasPrice)
      } catch (thrown) {
        if (!(thrown instanceof ZkserveError)) throw thrown
        // One request must not hold the others up.
        onError(thrown, entry.question.requestId)
        await this.#move(entry, { after: pauseOf(entry) })
      }
    }
  }

  /** Keeps answers that were proven. @returns how many @throws LeaseLost, ZkserveError `DATABASE_UNAVAILABLE` */
  async collect(head: BlockHead): Promise<number> {
    const { lease } = this.#options
    const entries = await lease.read((tables) => dueRequests(tables, lease.id, 'proving', 4 * atOnce))
    let kept = 0
    for (const entry of entries) if (await this.#collectOne(entry, head)) kept++
    return kept
  }

  async #decideOne(entry: LedgerEntry, head: BlockHead, gasPrice: bigint): Promise<void> {
    const { chain, models, openings, dataFees, policy } = this.#options
    const { question } = entry
    // Before all that may fail: nothing is tried for ever. What it waited for says more than that time is over.
    if (isTooLate(question, head.timestamp, policy)) return this.#end(entry, entry.reason ?? 'TOO_LATE', head)
    const { version, bundle } = await findModel(chain, models, question)
    const { status } = version
    const proof = bundle && {
      constraints: bundle.manifest.constraints.total,
      signals: bundle.manifest.publicSignals.length,
    }
    const dataFee = proof === null ? 0n : await dataFees.ofAnswer(proof.signals, head.number)
    const reason = judgeRequest(question, { gasPrice, dataFee, status, proof }, policy)
    if (reason !== null) return this.#end(entry, reason, head)
    const standing = await currentStatus(chain, question)
    if (standing !== 'open') return this.#end(entry, standing === 'refunded' ? 'REFUNDED' : 'ANSWERED', head)
    const { vkHash } = bundle!.manifest
    const isHashed = bundle!.manifest.inputMode === 'hashed'
    const opening = isHashed
      ? ((await openings.find({ vkHash, commitment: question.input[0]! })) ?? decodeOpening(question.data))
      : null
    const input = await readInput(bundle!, question, opening)
    if (input === 'NO_OPENING') return this.#move(entry, { reason: input, after: pauseOf(entry) })
    if (input === 'INPUT_INVALID') return this.#end(entry, input, head)
    await this.#submit(entry, bundle!, input, head)
  }

  async #submit(entry: LedgerEntry, bundle: Bundle, input: ProvableInput, head: BlockHead): Promise<void> {
    const { jobs, models, lease, prover, step } = this.#options
    const { question, digest, tries } = entry
    const { manifest } = bundle
    await step('submit')
    const { job } = await jobs.submit({
      tenant: defaultTenant.id,
      actor: 'oracle',
      kind: 'proof',
      model: manifest.vkHash,
      bundle: models.storedDigest(bundle),
      cost: manifest.constraints.total,
      memory: proofMemory(manifest, prover),
      subject: hashesOf(bundle),
      task: {
        ...{ kind: 'proof', vkHash: manifest.vkHash, context: this.#bindingOf(question), registration: null },
        ...input,
      },
      deadline: (question.deadline - head.timestamp) * 1000,
      // Whoever died between this and the note finds the same job again.
      once: { key: `oracle ${lease.id} ${digest} ${tries}`, fingerprint: digest, answer: null, waits: false },
    })
    await step('link')
    await this.#move(entry, { state: 'proving', job: job.id, reason: null })
  }

  async #collectOne(entry: LedgerEntry, head: BlockHead): Promise<boolean> {
    const { lease, queue, step } = this.#options
    const job = entry.job === null ? null : await queue.get(defaultTenant.id, entry.job)
    // Jobs are kept for a while only: what was proven so long ago is proven again.
    if (job === null) {
      await this.#move(entry, { state: 'open', job: null })
      return false
    }
    const { status } = job
    if (status.state === 'queued' || status.state === 'running') return false
    if (status.state === 'expired') {
      await this.#end(entry, 'TOO_LATE', head)
      return false
    }
    const answer =
      status.state === 'succeeded' ? this.#answerOf(entry.question, status.result as ProofReply) : null
    if (answer === null) {
      await this.#failed(entry, head)
      return false
    }
    await step('keep')
    return lease.write((tables) => moveRequest(tables, entry, { state: 'proven', answer }))
  }

  /** What the oracle takes, of a proof that is what was asked for; null of another. */
  #answerOf(question: OracleRequest, { proof, publicSignals }: ProofReply): StoredAnswer | null {
    const { chain } = this.#options
    const binding = this.#bindingOf(question)
    if (BigInt(publicSignals.at(-1)!) !== contextOf(binding)) return null
    if (!question.input.every((word, i) => word === BigInt(publicSignals[i]!))) return null
    const nonce = BigInt(binding.nonce)
    const encoded = encodeProofCalldata({ proof, publicSignals, requester: chain.oracle, nonce })
    return {
      fee: String(question.maxFee),
      proof: encoded.proof.map(String),
      statement: encoded.statement.map(String),
    }
  }

  #bindingOf({ requestId, maxFee: fee }: OracleRequest): ProofBinding {
    const { chain, account } = this.#options
    const nonce = fulfilmentNonce({ requestId, payee: account, fee })
    return { chainId: chain.chainId, verifier: chain.verifier, requester: chain.oracle, nonce }
  }

  #failed(entry: LedgerEntry, head: BlockHead): Promise<void> {
    const tries = entry.tries + 1
    if (tries >= mostTries) return this.#end(entry, 'PROOF_FAILED', head)
    return this.#move(entry, { state: 'open', job: null, tries, after: pauseOf(entry) })
  }

  async #move(entry: LedgerEntry, change: Parameters<typeof moveRequest>[2]): Promise<void> {
    await this.#options.lease.write((tables) => moveRequest(tables, entry, change))
  }

  #end({ id }: LedgerEntry, reason: EndReason, head: BlockHead): Promise<void> {
    const state = reason === 'ANSWERED' || reason === 'REFUNDED' ? 'lost' : 'skipped'
    return this.#options.lease.write((tables) =>
      endRequest(tables, id, { state, reason, block: head.number }),
    )
  }
}

/** A tenth of the time for which it is known. */
function pauseOf({ age }: Pick<LedgerEntry, 'age'>): number {
  return Math.min(pause.most, Math.max(pause.least, age / 10))
}
