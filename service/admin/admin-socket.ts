import { chmodSync, mkdtempSync, renameSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import Fastify, { type FastifyError } from 'fastify'
import { toZkserveError, ZkserveError } from '#circuits/errors.js'
import { type AdminCall, type OperationName, operations } from '#service/admin/operations.js'

/** Where a service with an embedded database listens for its operator. */
export function socketPath(dataDir: string): string {
  return join(dataDir, 'admin.sock')
}

/**
 * Lets the operator administer a running service over a socket in its data directory, which only the user of the
 * service may open: the permissions of the file are all the authentication. The caller holds the directory alone.
 * @returns ends it
 * @throws ZkserveError `FILE_NOT_FOUND` where the socket cannot be made
 */
export async function listenForAdmin(dataDir: string, call: AdminCall): Promise<() => Promise<void>> {
  const path = socketPath(dataDir)
  const server = Fastify({ logger: false, bodyLimit: 65_536, forceCloseConnections: 'idle' })
  server.setErrorHandler((thrown: FastifyError, _request, reply) => {
    const unfit = !(thrown instanceof ZkserveError) && (thrown.statusCode ?? 500) < 500
    const error = unfit ? new ZkserveError('USAGE', thrown.message) : toZkserveError(thrown)
    return reply.code(error.status).send({ error: error.toJSON() })
  })
  server.setNotFoundHandler(() => {
    throw new ZkserveError('USAGE', 'an operation is asked for by POST and its name')
  })
  server.post<{ Params: { name: string } }>('/:name', async ({ params, body }) => {
    if (!Object.hasOwn(operations, params.name))
      throw new ZkserveError('USAGE', `this service knows no operation "${params.name}"`)
    return { result: await call(params.name as OperationName, body as never) }
  })
  let aside: string | undefined
  try {
    // Made where nobody else may look, so that it is never open to others, and moved over what a dead service left.
    aside = mkdtempSync(join(dataDir, '.admin-'))
    await server.listen({ path: join(aside, 's') })
    chmodSync(join(aside, 's'), 0o600)
    renameSync(join(aside, 's'), path)
  } catch (cause) {
    await server.close()
    const message = `the admin socket "${path}" cannot be made: ${(cause as Error).message}`
    throw new ZkserveError('FILE_NOT_FOUND', message, {
      cause,
      hints: ['Choose another --data-dir, with a shorter path or other permissions.'],
    })
  } finally {
    if (aside !== undefined) rmdirSync(aside)
  }
  return async () => {
    rmSync(path, { force: true })
    await server.close()
  }
}
