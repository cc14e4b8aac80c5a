import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ZkserveError } from '#circuits/errors.js'
import { sha256 } from '#prover/bundle/files.js'
import type { ZkeyFile } from '#prover/prover.js'

/** The bytes of a key, a file's hash checked. @throws ZkserveError `INVALID_KEY` */
export async function zkeyBytes(zkey: Uint8Array | ZkeyFile): Promise<Uint8Array> {
  if (zkey instanceof Uint8Array) return zkey
  const bytes = await readFile(zkey.path).catch((cause: Error) => {
    throw unreadable(zkey.path, cause)
  })
  refuseHash(zkey, sha256(bytes))
  return bytes
}

/** Checks the hashes of a key's files without keeping them in memory. @throws ZkserveError `INVALID_KEY` */
export async function checkZkeyFile(zkey: ZkeyFile): Promise<void> {
  for (const file of zkey.quotient === undefined ? [zkey] : [zkey, zkey.quotient]) {
    const hash = createHash('sha256')
    await pipeline(createReadStream(file.path, { highWaterMark: 1 << 20 }), hash).catch((cause: Error) => {
      throw unreadable(file.path, cause)
    })
    refuseHash(file, hash.digest('hex'))
  }
}

/** Names a key file in caches. */
export function zkeyFileName({ path, sha256, quotient }: ZkeyFile): string {
  return [resolve(path), sha256, quotient?.sha256 ?? ''].join('\n')
}

function refuseHash({ path, sha256 }: Pick<ZkeyFile, 'path' | 'sha256'>, hash: string): void {
  if (hash === sha256) return
  throw new ZkserveError('INVALID_KEY', `the proving key "${path}" has another hash than expected`)
}

function unreadable(path: string, cause: Error): ZkserveError {
  return new ZkserveError('INVALID_KEY', `the proving key "${path}" cannot be read: ${cause.message}`, {
    cause,
  })
}
