import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import { ZkserveError } from '#circuits/errors.js'
import { readTensors } from '#service/http/open-inference/read-inputs.js'
import {
  inferenceRequestSchema,
  inferenceResponseSchema,
  modelPathSchema,
  modelVersionPathSchema,
  type RequestParameters,
} from '#service/http/open-inference/schemas.js'
import { findVersion, type ModelPath } from '#service/http/open-inference/versions.js'
import { selectOutputs, writeOutputs } from '#service/http/open-inference/write-outputs.js'
import { proveAnswer } from '#service/http/prove-answer.js'
import type { Route } from '#service/http/route.js'
import { inferHeadersSchema } from '#service/http/schemas/inference.js'
import { paidReplies } from '#service/http/schemas/payment.js'
import { problemReplies } from '#service/http/schemas/problem.js'

const base = {
  summary: 'Run a model and prove the answer, as the Open Inference Protocol has it',
  description: `The parameter \`proof_url\` of the reply is the job of the proof: ask for it there. With \`wait\` or
\`Prefer: wait=SECONDS\` the reply comes when the proof is made. Tensors are JSON; binary data is not taken. Where
proofs are paid for (x402), \`outputs\` are empty until the proof is made and paid.`,
  tags: ['open inference'],
  headers: inferHeadersSchema,
  body: inferenceRequestSchema,
  response: { 200: inferenceResponseSchema, ...paidReplies, ...problemReplies },
}

const one = { ...base, operationId: 'openInferenceInfer', params: modelPathSchema }
const versioned = { ...base, operationId: 'openInferenceInferVersion', params: modelVersionPathSchema }

type Body = Static<typeof inferenceRequestSchema>

/** POST /v2/models/:model[/versions/:version]/infer */
export const openInferenceInferRoutes: Route = async (app, services) => {
  const config = { scope: 'infer' } as const
  const answer = async (request: FastifyRequest, reply: FastifyReply, path: ModelPath, body: Body) => {
    const { bundle, version } = await findVersion(services, request.tenant.id, path)
    const outputs = selectOutputs(bundle.model.outputs, body.outputs)
    const { parameters = {} } = body
    const answered = await proveAnswer(services, request, reply, {
      payload: { path, body },
      findBundle: async () => bundle,
      readInputs: ({ model }) => readTensors(body.inputs, model.inputs, model.batch),
      proof: parameters.proof !== false,
      wait: parameters.wait === true,
      terms: termsOf(parameters),
    })
    const { model } = answered.answer
    // What is to be paid for is the job's alone until then.
    const told = 'outputs' in answered.answer ? answered.answer : null
    const job =
      answered.kind === 'answer'
        ? {}
        : {
            proof_url: `/jobs/${answered.job}`,
            proof_state: answered.kind === 'proof' ? ('succeeded' as const) : ('queued' as const),
          }
    return {
      model_name: model.name,
      model_version: version,
      ...(body.id === undefined ? {} : { id: body.id }),
      parameters: {
        model_hash: model.modelHash,
        vk_hash: model.vkHash,
        saturated: told?.saturated ?? 0,
        ...job,
      },
      outputs: told === null ? [] : writeOutputs(told, outputs),
    }
  }
  const options = { config, onRequest: refuseBinary }
  app.post('/v2/models/:model/infer', { ...options, schema: one }, (request, reply) =>
    answer(request, reply, request.params, request.body),
  )
  app.post('/v2/models/:model/versions/:version/infer', { ...options, schema: versioned }, (request, reply) =>
    answer(request, reply, request.params, request.body),
  )
}

function termsOf({ chain_id, ...terms }: RequestParameters) {
  return { ...terms, chainId: chain_id }
}

/** The protocol's extension for binary tensors puts them after the JSON, which this header gives the length of. */
async function refuseBinary({ headers }: FastifyRequest): Promise<void> {
  if (headers['inference-header-content-length'] === undefined) return
  throw new ZkserveError('UNSUPPORTED_MEDIA_TYPE', 'binary tensor data is not taken', {
    hints: ['Send tensors as JSON, with "data" in each input.'],
  })
}
