import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { ZkserveError } from '#circuits/errors.js'

/** Hashes of a file as hex digits; lists of public powers of tau give the BLAKE2b-512 one. */
export interface FileHashes {
  readonly sha256: string
  readonly blake2b: string
  readonly bytes: number
}

const chunkBytes = 1 << 20

/** @throws ZkserveError `FILE_NOT_FOUND`, `CANCELLED` */
export async function hashFile(
  path: string,
  { onBytes, signal }: { readonly onBytes?: (done: number) => void; readonly signal?: AbortSignal } = {},
): Promise<FileHashes> {
  const [sha256, blake2b] = [createHash('sha256'), createHash('blake2b512')]
  let bytes = 0
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes })) {
      if (signal?.aborted) throw new ZkserveError('CANCELLED', 'hashing was cancelled')
      sha256.update(chunk)
      blake2b.update(chunk)
      bytes += chunk.length
      onBytes?.(bytes)
    }
  } catch (cause) {
    if (cause instanceof ZkserveError) throw cause
    throw new ZkserveError('FILE_NOT_FOUND', `"${path}" cannot be read`, { cause })
  }
  return { sha256: sha256.digest('hex'), blake2b: blake2b.digest('hex'), bytes }
}
