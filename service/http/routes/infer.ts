import { parseInput } from '#circuits/data/input.js'
import type { FloatTensor } from '#circuits/graph/graph.js'
import type { Bundle } from '#prover/bundle/load.js'
import { infer } from '#prover/inference/infer.js'
import { awaitJob } from '#service/http/await-job.js'
import type { Route } from '#service/http/route.js'
import {
  type AnswerReply,
  acceptedReplySchema,
  inferBodySchema,
  inferReplySchema,
} from '#service/http/schemas/inference.js'
import { hashesOf } from '#service/http/schemas/model.js'
import { problemReplies } from '#service/http/schemas/problem.js'
import { readBinding, readSalt } from '#service/proof-binding.js'

const schema = {
  summary: 'Run a model and prove the answer',
  description: `The answer comes at once. Its proof is a job to poll, or part of the reply with \`wait\`; a wait that
takes longer than the service allows ends with the job too.`,
  tags: ['inference'],
  body: inferBodySchema,
  response: { 200: inferReplySchema, 202: acceptedReplySchema, ...problemReplies },
}

/** POST /infer */
export const inferRoute: Route = async (app, { config, models, registrations, jobs }) => {
  app.post('/infer', { schema }, async (request, reply) => {
    const { body } = request
    const bundle = models.find(body.model)
    const inputs = parseInput(body, bundle.model.inputs, bundle.model.batch)
    if (body.proof === false) return answerOf(bundle, inputs)

    const context = readBinding(body, config)
    const salt = body.salt === undefined ? {} : { salt: readSalt(body.salt) }
    const { vkHash } = bundle.manifest
    const registration = registrations.find(vkHash, body)
    const model = hashesOf(bundle)
    const task = { vkHash, inputs, context, registration, ...salt }
    const job = await jobs.submit({ model: vkHash, subject: model, task, deadline: body.deadline ?? null })
    const url = `/jobs/${job.id}`
    request.log.info({ job: job.id.slice(0, 8), model: model.modelHash }, 'proof accepted')
    if (body.wait === true) {
      const proven = await awaitJob(jobs, job.id, reply.raw, config.waitTimeout)
      if (proven !== null) return proven
    }
    reply.code(202).header('location', url)
    // With a proof that is waited for comes its own answer.
    return { ...answerOf(bundle, inputs), job: { id: job.id, state: job.status.state, url } }
  })
}

function answerOf(bundle: Bundle, inputs: ReadonlyMap<string, FloatTensor>): AnswerReply {
  const start = performance.now()
  const { outputs, integers, label, labels, saturated } = infer(bundle.model, inputs)
  const timings = { inference: performance.now() - start }
  return { model: hashesOf(bundle), outputs, integers, label, labels, saturated, timings }
}
