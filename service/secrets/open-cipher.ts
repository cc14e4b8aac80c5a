import { randomBytes } from 'node:crypto'
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ZkserveError } from '#circuits/errors.js'
import type { Config } from '#service/config/schema.js'
import { Cipher } from '#service/secrets/cipher.js'

const variable = 'ZKSERVE_ENCRYPTION_KEYS'

/**
 * The cipher for what is kept: keys of ZKSERVE_ENCRYPTION_KEYS, 64 hex digits each with commas between, which it takes
 * out of the environment; else, with the embedded database, a key that is drawn once and lies in the data directory.
 * @throws ZkserveError `USAGE` where several processes would need to share a key that nobody gave
 */
export function openCipher(
  { database, dataDir }: Pick<Config, 'database' | 'dataDir'>,
  environment: NodeJS.ProcessEnv,
): Cipher {
  const given = environment[variable]
  delete environment[variable]
  if (given !== undefined && given !== '') return new Cipher(given.split(',').map(readKey))
  if (database === 'memory') return Cipher.ephemeral()
  if (database === 'embedded') return new Cipher([readKey(keyOfDirectory(dataDir))])
  throw new ZkserveError('USAGE', `${variable} is needed beside a Postgres server`, {
    hints: ['Draw one with `openssl rand -hex 32`, and give all processes the same.'],
  })
}

function readKey(text: string): Uint8Array {
  if (/^[0-9a-fA-F]{64}$/.test(text.trim())) return Buffer.from(text.trim(), 'hex')
  throw new ZkserveError('USAGE', `wrong ${variable}: expected 64 hex digits for each key`)
}

/** The key in the data directory, which this process holds alone; drawn where there is none. */
function keyOfDirectory(directory: string): string {
  const path = join(directory, 'encryption.key')
  const draft = `${path}.${process.pid}`
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw unreadable(path, error)
  }
  try {
    writeFileSync(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 })
    // A link appears whole or not at all.
    linkSync(draft, path)
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw unreadable(path, error)
  } finally {
    rmSync(draft, { force: true })
  }
}

function unreadable(path: string, cause: unknown): ZkserveError {
  return new ZkserveError('FILE_NOT_FOUND', `the key "${path}" cannot be kept: ${(cause as Error).message}`, {
    cause,
    hints: ['Choose another --data-dir, or check permissions and free space.'],
  })
}
