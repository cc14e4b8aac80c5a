import type { FastifyReply, FastifyRequest } from 'fastify'
import { Errors } from 'typebox/value'
import { parseInput } from '#circuits/data/input.js'
import { toZkserveError, ZkserveError } from '#circuits/errors.js'
import { reportFault } from '#service/http/error-handlers.js'
import type { ProofTerms } from '#service/http/new-proof-job.js'
import { toProblem } from '#service/http/problem.js'
import { proveAnswer } from '#service/http/prove-answer.js'
import type { Services } from '#service/http/services.js'
import { modelTools, toolArgumentsSchema } from '#service/mcp/model-tools.js'
import { RpcError, type RpcRequest, type ToolResult } from '#service/mcp/protocol.js'
import { paymentKey, toolAnswer, toolRefusal } from '#service/mcp/tool-result.js'
import type { PaymentPayload } from '#service/payments/x402.js'
import {
  decodeHeader,
  encodeHeader,
  responseHeader,
  signatureHeader,
} from '#service/payments/x402-headers.js'

type Arguments = ProofTerms & { readonly input: unknown; readonly proof?: boolean }

/**
 * Runs a model and waits for the proof, by the same way as `POST /infer`: its keys, grants, payments, limits and queue
 * are those. A proof that takes longer than the service lets requests wait is the job's, whose address is told.
 * @throws RpcError where there is no such tool
 */
export async function callTool(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  { params }: RpcRequest,
): Promise<ToolResult> {
  const { models } = services
  const { tenant } = request
  const { name, arguments: given = {}, _meta: meta } = params
  const tool = (await modelTools(models, tenant.id)).find((each) => each.name === name)
  if (tool === undefined) throw new RpcError('invalidParams', 'there is no such tool')
  try {
    const asked = readArguments(given)
    carryPayment(request, meta)
    const answered = await proveAnswer(services, request, reply, {
      payload: { name: tool.name, arguments: asked },
      findBundle: () => models.find(tenant.id, tool.name),
      readInputs: ({ model }) => parseInput({ input: asked.input }, model.inputs, model.batch),
      proof: asked.proof !== false,
      wait: true,
      terms: asked,
    })
    const settlement = reply.getHeader(responseHeader)
    const settled = settlement === undefined ? null : decodeHeader(String(settlement))
    if (answered.kind !== 'accepted') return toolAnswer(answered.answer, settled)
    const id = answered.job
    return toolAnswer({ ...answered.answer, job: { id, state: 'queued', url: `/jobs/${id}` } }, settled)
  } catch (thrown) {
    const error = toZkserveError(thrown)
    reportFault(error, request)
    return toolRefusal(error, toProblem(error.toJSON(), request.id))
  }
}

/** @throws ZkserveError `INVALID_REQUEST` */
function readArguments(given: unknown): Arguments {
  const [error] = Errors(toolArgumentsSchema, given)
  if (error === undefined) return given as Arguments
  const where = `arguments${error.instancePath.replaceAll('/', '.')}`
  throw new ZkserveError('INVALID_REQUEST', `${where} ${error.message}`)
}

/** A payment comes in the message; from here on it is where it is in other requests. What is none is refused there. */
function carryPayment({ headers }: FastifyRequest, meta: unknown): void {
  const payment = (meta as Readonly<Record<string, unknown>> | null | undefined)?.[paymentKey]
  if (payment !== undefined) headers[signatureHeader] = encodeHeader(payment as PaymentPayload)
}
