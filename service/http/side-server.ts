import Fastify, { type FastifyInstance } from 'fastify'
import { answerError, registerErrorHandlers } from '#service/http/error-handlers.js'
import { loggedError } from '#service/http/logged-error.js'

export interface SideServerOptions {
  /** Largest body, in bytes. */
  readonly bodyLimit: number
  /** ms that an answer may take. */
  readonly patience: number
  readonly logLevel: string
}

/** A small server beside the service, without routes yet: JSON of exact types in, problems out. */
export function sideServer({ bodyLimit, patience, logLevel }: SideServerOptions): FastifyInstance {
  const server = Fastify({
    bodyLimit,
    requestTimeout: 10_000,
    connectionTimeout: patience,
    logger: { level: logLevel, serializers: { err: loggedError }, stream: process.stderr },
    frameworkErrors: answerError,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  })
  registerErrorHandlers(server)
  return server
}
