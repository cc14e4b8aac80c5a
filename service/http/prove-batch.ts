import { randomBytes } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { parseInput } from '#circuits/data/input.js'
import { ZkserveError } from '#circuits/errors.js'
import { admit, payloadOf, spending } from '#service/http/admit.js'
import { firstResult, requestKey } from '#service/http/idempotency.js'
import { newProofJob, type ProofTerms } from '#service/http/new-proof-job.js'
import { answerOf, type WithheldAnswer } from '#service/http/prove-answer.js'
import type { AcceptedBatch, AnswerReply, BatchReply } from '#service/http/schemas/inference.js'
import { hashesOf } from '#service/http/schemas/model.js'
import type { Services } from '#service/http/services.js'
import { paidJob } from '#service/payments/paid-job.js'

/** A body of POST /infer with a batch. */
export interface BatchBody extends ProofTerms {
  readonly model?: string | undefined
  readonly batch: readonly unknown[]
  readonly input?: unknown
  readonly inputs?: unknown
  readonly proof?: boolean | undefined
  readonly wait?: boolean | undefined
}

/**
 * Answers several inputs at once, each with a job of its own for its proof: all are taken on, or none. With an
 * Idempotency-Key, the first job keeps the whole answer.
 * @throws ZkserveError `INVALID_REQUEST`, `INVALID_INPUT`, what the model or the queue refuse it for
 */
export async function proveBatch(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  body: BatchBody,
): Promise<BatchReply | AcceptedBatch> {
  refuseMixtures(body)
  const { jobs, models, payments } = services
  const { tenant, headers } = request
  const findBundle = () => models.find(tenant.id, body.model)
  const permit = await admit(services, request, findBundle)
  const key = requestKey(headers['idempotency-key'] as string | undefined, payloadOf(body, permit))
  const replay = async (
    first: NonNullable<Awaited<ReturnType<typeof jobs.recall>>>,
  ): Promise<AcceptedBatch> => {
    await payments?.desk.tell(reply, tenant.id, first.job.id)
    firstResult(first, key!)
    reply.code(202).header('idempotency-replayed', 'true')
    return first.answer as AcceptedBatch
  }
  const first = key && (await jobs.recall(tenant.id, key.key))
  if (first !== null) return replay(first)

  const bundle = await findBundle()
  const { inputs: ports, batch: rows } = bundle.model
  const inputs = body.batch.map((input, at) =>
    readInput(input, at, (value) => parseInput({ input: value }, ports, rows)),
  )
  const order = { bundle, jobs: inputs.length, proven: body.proof !== false }
  const payment = (await payments?.desk.take(request, order)) ?? null
  const answers: AnswerReply[] = []
  for (const each of inputs) {
    answers.push(answerOf(bundle, each))
    // Other requests are answered meanwhile.
    await setImmediate()
  }
  const model = hashesOf(bundle)
  if (body.proof === false) return spending(permit, async () => ({ model, batch: answers }))
  const ids = inputs.map(() => randomBytes(16).toString('hex'))
  const batch = answers.map((answer, at) => {
    const id = ids[at]!
    const told: AnswerReply | WithheldAnswer = payment === null ? answer : { model }
    return { ...told, job: { id, state: 'queued', url: `/jobs/${id}` } }
  })
  const answer = { model, batch }
  const given = inputs.map((each, at) => ({
    ...paidJob(newProofJob(services, request, { bundle, inputs: each, terms: body }), payment),
    ...{ id: ids[at]!, once: at === 0 && key !== null ? { ...key, answer, waits: false } : null },
  }))
  const { first: other } = await spending(permit, () => jobs.submitAll(given))
  if (other !== null) return replay(other)
  request.log.info({ jobs: ids.map((id) => id.slice(0, 8)), model: model.modelHash }, 'proofs accepted')
  reply.code(202)
  return answer
}

/** What belongs to one proof cannot be said of several. */
function refuseMixtures({ input, inputs, wait, nonce, salt }: BatchBody): void {
  const mixed = Object.entries({ input, inputs, nonce, salt }).find(([, value]) => value !== undefined)
  const [name] = mixed ?? (wait === true ? ['wait'] : [])
  if (name === undefined) return
  throw new ZkserveError('INVALID_REQUEST', `"${name}" does not go with "batch"`, {
    hints: ['Each proof of a batch draws its own nonce and salt, and is followed by its job.'],
  })
}

function readInput<Value>(input: unknown, at: number, read: (input: unknown) => Value): Value {
  try {
    return read(input)
  } catch (error) {
    if (!(error instanceof ZkserveError)) throw error
    const { code, message, hints, details } = error
    throw new ZkserveError(code, `batch element ${at}: ${message}`, { hints, details: { ...details, at } })
  }
}
