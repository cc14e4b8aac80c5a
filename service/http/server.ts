import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { ZkserveError } from '#circuits/errors.js'
import type { Config } from '#service/config/schema.js'
import { app } from '#service/http/app.js'
import type { Drain } from '#service/http/drain.js'
import { answerError } from '#service/http/error-handlers.js'
import { loggedError } from '#service/http/logged-error.js'
import { problemType, toProblem } from '#service/http/problem.js'
import { closeDatabase, closeServices, createServices } from '#service/http/services.js'
import { trustedProxies } from '#service/http/trusted-proxies.js'
import type { ServedModels } from '#service/models/served-models.js'
import type { TransactionSigner } from '#service/oracle/transaction-signer.js'
import type { ReceiptSigner } from '#service/receipts/signer.js'

declare module 'fastify' {
  interface FastifyInstance {
    readonly drain: Drain
  }
}

/** A server over the models, not listening yet; `close()` ends its pool too. Without a signer, no receipts; without the oracle's, no answers to one. */
export async function createServer(
  config: Config,
  models: ServedModels,
  signer: ReceiptSigner | null = null,
  oracleSigner: TransactionSigner | null = null,
): Promise<FastifyInstance> {
  const server = Fastify(serverOptions(config))
  const services = await createServices(config, models, signer, server.log, oracleSigner)
  try {
    server.decorate('drain', services.drain)
    // Without encapsulation, so that error handlers hold for the whole server.
    await server.register(Object.assign(app, { [Symbol.for('skip-override')]: true }), services)
    await server.ready()
    return server
  } catch (error) {
    await closeServices(services, 0)
    await closeDatabase(services)
    throw error
  }
}

function serverOptions(config: Config): FastifyServerOptions {
  return {
    bodyLimit: config.bodyLimit,
    requestTimeout: config.requestTimeout,
    connectionTimeout: config.connectionTimeout,
    trustProxy: trustedProxies(config),
    // What starts is known, and the default of 10 s is short for a machine that is busy.
    pluginTimeout: 0,
    logger: {
      level: config.logLevel,
      // Routes, not addresses: a job's id is the key to its result. Bodies and headers are never logged.
      serializers: {
        req: (request) => ({ method: request.method, route: request.routeOptions.url }),
        err: loggedError,
      },
      stream: process.stderr,
    },
    genReqId: () => randomUUID(),
    // Requests that come on open connections while the server closes are answered by the routes.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 256 },
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allErrors: false } },
    frameworkErrors: answerError,
    clientErrorHandler: answerClientError,
  }
}

/** Answers what is no HTTP request at all, or came too slowly. */
function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const slow = error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
  const message = slow ? 'the request came too slowly' : 'the request is malformed HTTP'
  const problem = toProblem(new ZkserveError('INVALID_REQUEST', message).toJSON(), randomUUID())
  const body = JSON.stringify(problem)
  const head = [
    `HTTP/1.1 ${problem.status} Bad Request`,
    `Content-Type: ${problemType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
