import { readFile } from 'node:fs/promises'
import { ZkserveError } from '#circuits/errors.js'
import { sha256 } from '#prover/bundle/files.js'
import type { ZkeyFile } from '#prover/prover.js'

/** The bytes of a key, a file's hash checked. @throws ZkserveError `INVALID_KEY` */
export async function zkeyBytes(zkey: Uint8Array | ZkeyFile): Promise<Uint8Array> {
  if (zkey instanceof Uint8Array) return zkey
  const bytes = await readFile(zkey.path).catch((cause: Error) => {
    throw new ZkserveError('INVALID_KEY', `the proving key "${zkey.path}" cannot be read: ${cause.message}`, {
      cause,
    })
  })
  if (sha256(bytes) === zkey.sha256) return bytes
  throw new ZkserveError('INVALID_KEY', `the proving key "${zkey.path}" has another hash than expected`)
}
