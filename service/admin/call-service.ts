import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { type SerialisedError, ZkserveError } from '#circuits/errors.js'
import { socketPath } from '#service/admin/admin-socket.js'
import type { AdminCall } from '#service/admin/operations.js'

/** ms after which a service that holds its directory counts as hung. */
const timeout = 60_000

/**
 * Asks the service that runs over a data directory.
 * @returns null where none listens there
 * @throws ZkserveError what the operation throws, `TIMEOUT`, `FILE_NOT_FOUND` where the socket is another user's
 */
export function callService(dataDir: string): AdminCall<null> {
  return async (name, given) => {
    const path = socketPath(dataDir)
    const answer = await post(path, `/${name}`, JSON.stringify(given))
    if (answer === null) return null
    const document = JSON.parse(answer) as { readonly result?: unknown; readonly error?: SerialisedError }
    if (document.error !== undefined) throw ZkserveError.fromJSON(document.error)
    return document.result as never
  }
}

/** The body of the answer; null where nobody listens. */
function post(socket: string, path: string, body: string): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const sent = request(
      { socketPath: socket, path, method: 'POST', headers, timeout, agent: false },
      (response) => {
        text(response).then(resolve, (cause) => reject(unreachable(socket, cause)))
      },
    )
    sent.on('timeout', () => {
      sent.destroy(new ZkserveError('TIMEOUT', `the service behind "${socket}" does not answer`))
    })
    sent.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(null)
      else reject(unreachable(socket, error))
    })
    sent.end(body)
  })
}

function unreachable(socket: string, cause: Error): ZkserveError {
  if (cause instanceof ZkserveError) return cause
  return new ZkserveError(
    'FILE_NOT_FOUND',
    `the service behind "${socket}" cannot be asked: ${cause.message}`,
    {
      cause,
      hints: ['Run this as the user of the service.'],
    },
  )
}
