import { createHash } from 'node:crypto'
import multipart from '@fastify/multipart'
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { ZkserveError } from '#circuits/errors.js'
import { readBuildOptions } from '#service/builds/build-options.js'
import { submitUpload } from '#service/builds/submit-upload.js'
import { UploadSlots } from '#service/builds/upload-slots.js'
import { firstResult, requestKey } from '#service/http/idempotency.js'
import { readUpload } from '#service/http/read-upload.js'
import type { Route } from '#service/http/route.js'
import { type UploadReply, uploadBodySchema, uploadReplySchema } from '#service/http/schemas/build.js'
import { inferHeadersSchema } from '#service/http/schemas/inference.js'
import { problemReplies } from '#service/http/schemas/problem.js'
import { originOf } from '#service/telemetry/origin.js'

const schema = {
  operationId: 'uploadModel',
  summary: 'Upload a model',
  description: `Takes an ONNX file and calibration data, says what the circuit will cost, and builds it as a job: 202 with
the model and its job. Its bundle is then served under its id, its hashes, \`name\` (the newest version) and
\`name:version\`. With an \`Idempotency-Key\` the request may be sent again: it makes one model.`,
  tags: ['models'],
  consumes: ['multipart/form-data'],
  headers: Type.Pick(inferHeadersSchema, ['idempotency-key']),
  body: uploadBodySchema,
  response: { 202: uploadReplySchema, ...problemReplies },
}

/** Bytes of a request beside its files: options, names, boundaries. */
const overhead = 131_072

/** POST /models */
export const uploadModelRoute: Route = async (app, services) => {
  const { config, jobs } = services
  const slots = new UploadSlots(config.uploadConcurrency)
  await app.register(multipart, {
    // Parts are bytes, whatever they say of themselves.
    isPartAFile: () => true,
    limits: {
      ...{ fileSize: config.modelLimit, files: 3, parts: 3, fields: 0 },
      ...{ fieldNameSize: 64, headerPairs: 16 },
    },
  })
  const bodyLimit = 2 * config.modelLimit + overhead
  app.addHook('preParsing', async (request, reply) => {
    refuseOtherMedia(request.headers['content-type'])
    if (Number(request.headers['content-length'] ?? 0) > bodyLimit)
      throw new ZkserveError('BODY_TOO_LARGE', `the request body has more than ${bodyLimit} bytes`)
    const release = slots.take(request.tenant.id)
    reply.raw.once('close', release)
    if (reply.raw.destroyed) release()
  })
  app.addHook('preValidation', async (request) => {
    request.body = await readUpload(request)
  })
  // What is left of a refused body is not read.
  app.addHook('onError', async (_request, reply) => {
    reply.header('connection', 'close')
  })
  const options = { schema, bodyLimit, config: { scope: 'models' } } as const
  app.post('/models', options, async (request, reply) => {
    const { tenant, headers, body } = request
    const accepted = (answer: Omit<UploadReply, 'job'>, id: string): UploadReply => {
      const url = `/jobs/${id}`
      reply.code(202).header('location', url)
      return { ...answer, job: { id, state: 'queued', url } }
    }
    const payload = { upload: { ...body, model: digest(body.model), calibration: digest(body.calibration) } }
    const key = requestKey(headers['idempotency-key'], payload)
    const replay = (first: NonNullable<Awaited<ReturnType<typeof jobs.recall>>>): UploadReply => {
      firstResult(first, key!)
      reply.header('idempotency-replayed', 'true')
      return accepted(first.answer as Omit<UploadReply, 'job'>, first.job.id)
    }
    const first = key && (await jobs.recall(tenant.id, key.key))
    if (first !== null) return replay(first)
    const {
      job,
      answer,
      first: other,
    } = await submitUpload(services, {
      tenant,
      key,
      origin: originOf(request),
      upload: { model: body.model, calibration: body.calibration },
      options: readBuildOptions(body.options ?? {}),
      given: body.options ?? {},
      signal: hangUp(reply),
    })
    if (other !== null) return replay(other)
    request.log.info({ job: job.id.slice(0, 8), model: answer.model.id }, 'model accepted')
    return accepted(answer, job.id)
  })
}

function refuseOtherMedia(type: string | undefined): void {
  if (/^multipart\/form-data\s*;/i.test(type ?? '')) return
  throw new ZkserveError('UNSUPPORTED_MEDIA_TYPE', 'the request body is not multipart/form-data', {
    hints: ['Send files as `curl -F model=@model.onnx -F calibration=@calibration.npz` does.'],
  })
}

/** Aborts when the client goes before it has its answer. */
function hangUp(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort()
  })
  return controller.signal
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
