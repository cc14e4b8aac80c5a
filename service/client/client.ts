import type { Static } from 'typebox'
import type { Verification } from '#prover/verify.js'
import { type Access, accessHeaders } from '#service/client/access.js'
import { ZkserveClientError } from '#service/client/client-error.js'
import { type JobEvent, JobsClient } from '#service/client/jobs-client.js'
import { ModelsClient } from '#service/client/models-client.js'
import { type PaymentOptions, signPayment } from '#service/client/payment.js'
import { type ClientOptions, type RequestOptions, Transport } from '#service/client/transport.js'
import { WebhooksClient } from '#service/client/webhooks-client.js'
import type {
  AnswerReply,
  acceptedReplySchema,
  inferBodySchema,
  OrderedReply,
  ProofReply,
} from '#service/http/schemas/inference.js'
import type { usageSchema } from '#service/http/schemas/usage.js'
import type { PaymentRequired } from '#service/payments/x402.js'
import { signatureHeader } from '#service/payments/x402-headers.js'

type AcceptedReply = Static<typeof acceptedReplySchema>

/** What `POST /infer` takes, without how the answer comes. */
export type InferRequest = Omit<Static<typeof inferBodySchema>, 'proof' | 'wait'>

export interface ProveOptions {
  /** Signs the request, where the model's owner asks for a grant. */
  readonly access?: Access
  /** Gives the request up, and cancels its job. */
  readonly signal?: AbortSignal
  /** Told of every state and stage of the job. */
  readonly onEvent?: (event: JobEvent) => void
  /** Names the request, so that it makes one job however often it is sent; drawn by default. */
  readonly idempotencyKey?: string
  /** What the proof may cost, where the service asks to be paid (x402); nothing by default. */
  readonly payment?: PaymentOptions
}

/** Seconds for which the service holds a request open for its proof before it gives the job instead. */
const wait = 20

/** A zkserve service. Runs wherever `fetch` is: Node 20 and newer, browsers, workers. */
export class ZkserveClient {
  readonly jobs: JobsClient
  readonly models: ModelsClient
  readonly webhooks: WebhooksClient
  readonly #transport: Transport

  constructor(options: ClientOptions) {
    this.#transport = new Transport(options)
    this.jobs = new JobsClient(this.#transport)
    this.models = new ModelsClient(this.#transport, this.jobs)
    this.webhooks = new WebhooksClient(this.#transport)
  }

  /** The model's answer, without proof. @throws ZkserveClientError */
  async infer(
    request: InferRequest,
    { signal, access }: Pick<ProveOptions, 'signal' | 'access'> = {},
  ): Promise<AnswerReply> {
    const body = { ...request, proof: false }
    const headers = await accessHeaders(access, body)
    // Nothing is taken on, so it may be asked twice; but what is signed, once.
    return this.#transport.json('POST', '/infer', { body, headers, signal, repeatable: access === undefined })
  }

  /**
   * Has an answer proven, and returns at once: {@link JobsClient.result} gives the proof. What is paid for is withheld
   * until then.
   */
  submit(
    request: InferRequest,
    options: ProveOptions & { readonly payment: PaymentOptions },
  ): Promise<OrderedReply>
  submit(request: InferRequest, options?: ProveOptions): Promise<AcceptedReply>
  async submit(request: InferRequest, options: ProveOptions = {}): Promise<OrderedReply> {
    const { signal, access, idempotencyKey = crypto.randomUUID(), payment } = options
    const signed = await accessHeaders(access, request)
    const headers = { ...signed, 'idempotency-key': idempotencyKey, prefer: 'respond-async' }
    const sent = { body: request, headers, signal, repeatable: true }
    return this.#order<AcceptedReply | OrderedReply>(sent, payment)
  }

  /**
   * The model's answer with its proof. Whatever breaks on the way, one job is made, and followed to its end.
   * @throws ZkserveClientError what the job failed with, `CANCELLED`, `EXPIRED`, `ABORTED`, `PAYMENT_REFUSED`
   */
  async inferAndProve(request: InferRequest, options: ProveOptions = {}): Promise<ProofReply> {
    const { signal, onEvent, idempotencyKey = crypto.randomUUID() } = options
    const id = await this.#proveSoon(request, { ...options, idempotencyKey })
    if (typeof id !== 'string') return id
    try {
      return await this.jobs.result(id, { signal, ...(onEvent && { onEvent }) })
    } catch (error) {
      if (signal?.aborted) await this.jobs.cancel(id).catch(() => undefined)
      throw error
    }
  }

  /** Whether a proof holds, as the service sees it; {@link TrustedModel} needs no trust in the service. */
  verify(proof: ProofReply): Promise<Verification> {
    return this.#transport.json('POST', '/verify', { body: proof, repeatable: true })
  }

  /** What the key's tenant may use, and what it used today. */
  usage(): Promise<Static<typeof usageSchema>> {
    return this.#transport.json('GET', '/usage')
  }

  /** Who signs receipts; null where nobody does. */
  async receiptSigner(): Promise<string | null> {
    const { signer } = await this.#transport.json<{ signer: string | null }>('GET', '/receipts/signer')
    return signer
  }

  /** The proof, or the id of its job where that takes longer, or where the job is to be told of or cancelled. */
  async #proveSoon(body: InferRequest, options: ProveOptions): Promise<ProofReply | string> {
    const { signal, onEvent, access, idempotencyKey, payment } = options
    const prefer = onEvent === undefined && signal === undefined ? `wait=${wait}` : 'respond-async'
    const signed = await accessHeaders(access, body)
    const headers = { ...signed, 'idempotency-key': idempotencyKey!, prefer }
    try {
      const sent = { body, headers, signal, repeatable: true, patience: wait * 1000 }
      const reply = await this.#order<ProofReply | OrderedReply>(sent, payment)
      return 'job' in reply ? reply.job.id : reply
    } catch (error) {
      // The connection broke while the first attempt waited: its job is there.
      if (!(error instanceof ZkserveClientError) || error.code !== 'IDEMPOTENCY_BUSY') throw error
      const { job } = error.details
      return String(job).replace(/^.*\//, '')
    }
  }

  /** Sends a request; where it is to be paid for, signs what the caller agrees to, and sends it again. */
  async #order<Reply>(options: RequestOptions, payment: PaymentOptions | undefined): Promise<Reply> {
    try {
      return await this.#transport.json<Reply>('POST', '/infer', options)
    } catch (error) {
      if (payment === undefined || !(error instanceof ZkserveClientError)) throw error
      if (error.code !== 'PAYMENT_REQUIRED') throw error
      const signed = await signPayment(error.details as unknown as PaymentRequired, payment)
      const headers = { ...options.headers, [signatureHeader]: signed }
      return this.#transport.json<Reply>('POST', '/infer', { ...options, headers })
    }
  }
}
