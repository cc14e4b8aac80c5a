import { parseInput } from '#circuits/data/input.js'
import { proveAnswer } from '#service/http/prove-answer.js'
import { proveBatch } from '#service/http/prove-batch.js'
import type { Route } from '#service/http/route.js'
import {
  acceptedRepliesSchema,
  inferBodySchema,
  inferHeadersSchema,
  inferRepliesSchema,
} from '#service/http/schemas/inference.js'
import { paidReplies } from '#service/http/schemas/payment.js'
import { problemReplies } from '#service/http/schemas/problem.js'

const schema = {
  operationId: 'infer',
  summary: 'Run a model and prove the answer',
  description: `The answer comes at once. Its proof is a job to poll, or part of the reply with \`wait\` or
\`Prefer: wait=SECONDS\`; a wait that takes longer than this or the service allow ends with the job too. With an
\`Idempotency-Key\` the request may be sent again: it makes one job and is answered as the first time. A \`batch\` of
inputs has an answer and a job for each. Where proofs are paid for (x402), the answer is withheld until the proof is
made and paid; 402 says how to pay.`,
  tags: ['inference'],
  headers: inferHeadersSchema,
  body: inferBodySchema,
  response: { 200: inferRepliesSchema, 202: acceptedRepliesSchema, ...paidReplies, ...problemReplies },
}

/** POST /infer */
export const inferRoute: Route = async (app, services) => {
  const { models } = services
  app.post('/infer', { schema, config: { scope: 'infer' } }, async (request, reply) => {
    const { body, tenant } = request
    const { batch } = body
    if (batch !== undefined) return proveBatch(services, request, reply, { ...body, batch })
    const answered = await proveAnswer(services, request, reply, {
      payload: body,
      findBundle: () => models.find(tenant.id, body.model),
      readInputs: ({ model }) => parseInput(body, model.inputs, model.batch),
      proof: body.proof !== false,
      wait: body.wait === true,
      terms: body,
    })
    if (answered.kind !== 'accepted') return answered.answer
    const { answer, job: id } = answered
    const url = `/jobs/${id}`
    reply.code(202).header('location', url)
    return { ...answer, job: { id, state: 'queued', url } }
  })
}
