import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { packageRoot } from '#circuits/paths.js'
import { isFinal, type JobState } from '#service/jobs/job.js'

/** A part of a multipart body. */
export interface Part {
  readonly name: string
  readonly content: Uint8Array | string
  readonly filename?: string
  readonly type?: string
}

const boundary = 'zkserve-test-boundary'

export const multipartType: string = `multipart/form-data; boundary=${boundary}`

/** The body of a form, as curl and browsers write it. */
export function multipartBody(parts: readonly Part[]): Buffer {
  const pieces = parts.flatMap(({ name, content, filename, type }) => [
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"`,
    filename === undefined ? '' : `; filename="${filename}"`,
    type === undefined ? '' : `\r\nContent-Type: ${type}`,
    '\r\n\r\n',
    content,
    '\r\n',
  ])
  return Buffer.concat([...pieces, `--${boundary}--\r\n`].map((piece) => Buffer.from(piece)))
}

/** The parts of a model of the project, and options. */
export function partsOf(model: string, options?: unknown): Part[] {
  const read = (file: string) => readFileSync(join(packageRoot, 'test', 'models', model, file))
  const file = 'application/octet-stream'
  return [
    { name: 'model', content: read('model.onnx'), filename: 'model.onnx', type: file },
    { name: 'calibration', content: read('calibration.npz'), filename: 'calibration.npz', type: file },
    ...(options === undefined ? [] : [{ name: 'options', content: JSON.stringify(options) }]),
  ]
}

/** POST /models with these parts. */
export function upload(
  server: FastifyInstance,
  parts: readonly Part[],
  headers: Readonly<Record<string, string>> = {},
): Promise<LightMyRequestResponse> {
  return server.inject({
    method: 'POST',
    url: '/models',
    payload: multipartBody(parts),
    headers: { 'content-type': multipartType, ...headers },
  })
}

/** A job as its reader sees it, once it has ended. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into replies of all kinds
export async function endOf(server: FastifyInstance, id: string, headers = {}): Promise<any> {
  for (;;) {
    const job = (await server.inject({ url: `/jobs/${id}`, headers })).json()
    if (isFinal(job.state as JobState)) return job
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
