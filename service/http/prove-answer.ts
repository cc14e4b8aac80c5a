import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FloatTensor } from '#circuits/graph/graph.js'
import type { Bundle } from '#prover/bundle/load.js'
import { infer } from '#prover/inference/infer.js'
import { admit, payloadOf, spending } from '#service/http/admit.js'
import { awaitJob } from '#service/http/await-job.js'
import { firstResult, type RequestKey, requestKey } from '#service/http/idempotency.js'
import { newProofJob, type ProofTerms } from '#service/http/new-proof-job.js'
import { waitOf } from '#service/http/prefer.js'
import type { AnswerReply, ProofReply } from '#service/http/schemas/inference.js'
import type { JobResult, JobSubject } from '#service/http/schemas/job.js'
import { hashesOf, type ModelHashes } from '#service/http/schemas/model.js'
import type { Services } from '#service/http/services.js'
import type { Remembered } from '#service/jobs/new-job.js'
import { paidJob } from '#service/payments/paid-job.js'

/** An inference as a request asks for it, whatever its form. */
export interface Asked {
  /** All that was asked: what an Idempotency-Key stands for. */
  readonly payload: unknown
  readonly findBundle: () => Promise<Bundle>
  /** @throws ZkserveError `INVALID_INPUT` */
  readonly readInputs: (bundle: Bundle) => ReadonlyMap<string, FloatTensor>
  /** Whether to prove the answer. */
  readonly proof: boolean
  /** Whether to wait for the proof, where no Prefer header says it. */
  readonly wait: boolean
  readonly terms: ProofTerms
}

/** What a request is answered with. */
export type Answered =
  | { readonly kind: 'answer'; readonly answer: AnswerReply }
  | { readonly kind: 'proof'; readonly answer: ProofReply; readonly job: string }
  /** The proof is the job's. */
  | { readonly kind: 'accepted'; readonly answer: AnswerReply | WithheldAnswer; readonly job: string }

/** What is told of an answer before its proof is paid for. */
export interface WithheldAnswer {
  readonly model: ModelHashes
}

type Replied = Pick<Services, 'access' | 'config' | 'models' | 'registrations' | 'jobs' | 'payments'>

/**
 * Answers an inference: at once, with the job of its proof, or with the proof that was waited for. With an
 * Idempotency-Key, the same request is answered as the first time.
 * @throws ZkserveError what the model, its owner, its input or the queue refuse it for, what the job failed with
 */
export async function proveAnswer(
  services: Replied,
  request: FastifyRequest,
  reply: FastifyReply,
  asked: Asked,
): Promise<Answered> {
  const { config, jobs, payments } = services
  const { headers, tenant } = request
  const permit = await admit(services, request, asked.findBundle)
  const payload = payloadOf(asked.payload, permit)
  const key = requestKey(headers['idempotency-key'] as string | undefined, payload)
  const first = key && (await jobs.recall(tenant.id, key.key))
  const again = async (first: Remembered<JobSubject, JobResult>): Promise<Answered> => {
    await payments?.desk.tell(reply, tenant.id, first.job.id)
    return replay(first, key!, reply)
  }
  if (first !== null) return again(first)

  const bundle = await asked.findBundle()
  const inputs = asked.readInputs(bundle)
  const order = { bundle, jobs: 1, proven: asked.proof }
  const payment = (await payments?.desk.take(request, order)) ?? null
  if (!asked.proof) {
    return spending(permit, async () => ({ kind: 'answer', answer: answerOf(bundle, inputs) }))
  }

  const { timeout, applied } = waitOf(headers.prefer as string | undefined, asked.wait, config.waitTimeout)
  const waits = timeout > 0
  const told = () => (payment === null ? answerOf(bundle, inputs) : { model: hashesOf(bundle) })
  const once = key && { ...key, answer: told(), waits }
  const job = newProofJob(services, request, { bundle, inputs, terms: asked.terms })
  const submit = () => jobs.submit({ ...paidJob(job, payment), once })
  const { job: taken, first: other } = await spending(permit, submit)
  if (other !== null) return again(other)
  if (applied !== null) reply.header('preference-applied', applied)
  request.log.info({ job: taken.id.slice(0, 8), model: job.subject.modelHash }, 'proof accepted')
  if (waits) {
    const limits = { timeout, findable: key !== null }
    const proven = (await awaitJob(jobs, taken, reply.raw, limits)) as ProofReply | null
    if (proven !== null && payment !== null) await payments?.desk.tell(reply, tenant.id, taken.id)
    if (proven !== null) return { kind: 'proof', answer: proven, job: taken.id }
    if (key !== null) await jobs.stopWaiting(taken.id)
  }
  // With a proof that is waited for comes its own answer.
  return { kind: 'accepted', answer: once?.answer ?? told(), job: taken.id }
}

/** The model's answer, without proof. */
export function answerOf(bundle: Bundle, inputs: ReadonlyMap<string, FloatTensor>): AnswerReply {
  const start = performance.now()
  const { outputs, integers, label, labels, saturated } = infer(bundle.model, inputs)
  const timings = { inference: performance.now() - start }
  return { model: hashesOf(bundle), outputs, integers, label, labels, saturated, timings }
}

function replay(first: Remembered<JobSubject, JobResult>, key: RequestKey, reply: FastifyReply): Answered {
  // The same payload: it was a proof then too.
  const result = firstResult(first, key) as ProofReply | null
  reply.header('idempotency-replayed', 'true')
  const { id } = first.job
  if (result !== null) return { kind: 'proof', answer: result, job: id }
  return { kind: 'accepted', answer: first.answer as AnswerReply | WithheldAnswer, job: id }
}
