import { parseInput } from '#circuits/data/input.js'
import type { FloatTensor } from '#circuits/graph/graph.js'
import type { Bundle } from '#prover/bundle/load.js'
import { infer } from '#prover/inference/infer.js'
import { awaitJob } from '#service/http/await-job.js'
import { firstResult, requestKey } from '#service/http/idempotency.js'
import { waitOf } from '#service/http/prefer.js'
import type { Route } from '#service/http/route.js'
import {
  type AcceptedReply,
  type AnswerReply,
  acceptedReplySchema,
  inferBodySchema,
  inferHeadersSchema,
  inferReplySchema,
} from '#service/http/schemas/inference.js'
import { hashesOf } from '#service/http/schemas/model.js'
import { problemReplies } from '#service/http/schemas/problem.js'
import { readBinding, readSalt } from '#service/proof-binding.js'

const schema = {
  summary: 'Run a model and prove the answer',
  description: `The answer comes at once. Its proof is a job to poll, or part of the reply with \`wait\` or
\`Prefer: wait=SECONDS\`; a wait that takes longer than this or the service allow ends with the job too. With an
\`Idempotency-Key\` the request may be sent again: it makes one job and is answered as the first time.`,
  tags: ['inference'],
  headers: inferHeadersSchema,
  body: inferBodySchema,
  response: { 200: inferReplySchema, 202: acceptedReplySchema, ...problemReplies },
}

/** POST /infer */
export const inferRoute: Route = async (app, { config, models, registrations, jobs }) => {
  app.post('/infer', { schema, config: { scope: 'infer' } }, async (request, reply) => {
    const { body, headers, tenant } = request
    const key = requestKey(headers['idempotency-key'], body)
    const replay = (first: NonNullable<Awaited<ReturnType<typeof jobs.recall>>>) => {
      const result = firstResult(first, key!)
      reply.header('idempotency-replayed', 'true')
      return result ?? accepted(first.answer as AnswerReply, first.job.id)
    }
    const accepted = (answer: AnswerReply, id: string): AcceptedReply => {
      const url = `/jobs/${id}`
      reply.code(202).header('location', url)
      return { ...answer, job: { id, state: 'queued', url } }
    }
    const first = key && (await jobs.recall(tenant.id, key.key))
    if (first !== null) return replay(first)

    const bundle = await models.find(tenant.id, body.model)
    const inputs = parseInput(body, bundle.model.inputs, bundle.model.batch)
    if (body.proof === false) return answerOf(bundle, inputs)

    const context = readBinding(body, config)
    const salt = body.salt === undefined ? {} : { salt: readSalt(body.salt) }
    const { vkHash } = bundle.manifest
    const registration = registrations.find(vkHash, body)
    const model = hashesOf(bundle)
    const { timeout, applied } = waitOf(headers.prefer, body.wait === true, config.waitTimeout)
    const waits = timeout > 0
    const once = key && { ...key, answer: answerOf(bundle, inputs), waits }
    const { job, first: other } = await jobs.submit({
      tenant: tenant.id,
      kind: 'proof',
      model: vkHash,
      bundle: null,
      cost: bundle.manifest.constraints.total,
      memory: 0,
      subject: model,
      task: { kind: 'proof', vkHash, inputs, context, registration, ...salt },
      deadline: body.deadline ?? null,
      once,
    })
    if (other !== null) return replay(other)
    if (applied !== null) reply.header('preference-applied', applied)
    request.log.info({ job: job.id.slice(0, 8), model: model.modelHash }, 'proof accepted')
    if (waits) {
      const limits = { timeout, findable: key !== null }
      const proven = await awaitJob(jobs, job, reply.raw, limits)
      if (proven !== null) return proven
      if (key !== null) await jobs.stopWaiting(job.id)
    }
    // With a proof that is waited for comes its own answer.
    return accepted(once?.answer ?? answerOf(bundle, inputs), job.id)
  })
}

function answerOf(bundle: Bundle, inputs: ReadonlyMap<string, FloatTensor>): AnswerReply {
  const start = performance.now()
  const { outputs, integers, label, labels, saturated } = infer(bundle.model, inputs)
  const timings = { inference: performance.now() - start }
  return { model: hashesOf(bundle), outputs, integers, label, labels, saturated, timings }
}
