import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { expect } from 'vitest'
import { type ErrorCode, errorTable } from '#circuits/error-table.js'
import { type GivenConfig, resolveConfig } from '#service/config/resolve.js'
import { createServer } from '#service/http/server.js'
import { ServedModels } from '#service/models/served-models.js'
import type { ReceiptSigner } from '#service/receipts/signer.js'

/** A server over bundles that is called by `inject`; silent, one thread; without a signer, no receipts. */
export async function testServer(
  directories: readonly string[],
  settings: GivenConfig = {},
  signer: ReceiptSigner | null = null,
): Promise<FastifyInstance> {
  const config = resolveConfig({ database: 'memory', concurrency: 1, logLevel: 'silent', ...settings })
  return createServer(config, await ServedModels.load(directories), signer)
}

/** POSTs a body: text as it is, anything else as JSON. */
export function post(
  server: FastifyInstance,
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<LightMyRequestResponse> {
  const payload = typeof body === 'string' ? body : JSON.stringify(body)
  return server.inject({
    method: 'POST',
    url,
    payload,
    headers: { 'content-type': 'application/json', ...headers },
  })
}

/** Expects an RFC 9457 problem of that code, without traces of the inside; returns it. */
export function expectProblem(response: LightMyRequestResponse, code: ErrorCode): Record<string, unknown> {
  const problem = response.json()
  expect({ status: response.statusCode, code: problem.code, detail: problem.detail }).toMatchObject({
    status: errorTable[code].status,
    code,
  })
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/)
  expect(problem).toMatchObject({ type: `/errors/${code}`, status: errorTable[code].status })
  expect(problem.requestId).toBe(response.headers['x-request-id'])
  expect(problem.detail).not.toMatch(/\n|node_modules|\.[jt]s:\d/)
  expect(problem.hints.length).toBeGreaterThan(0)
  return problem
}
