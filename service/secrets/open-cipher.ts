import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
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
  if (database === 'embedded') return new Cipher([keyOfDirectory(dataDir)])
  throw new ZkserveError('USAGE', `${variable} is needed beside a Postgres server`, {
    hints: ['Draw one with `openssl rand -hex 32`, and give all processes the same.'],
  })
}

function readKey(text: string): Uint8Array {
  const key = keyIn(text)
  if (key !== null) return key
  throw new ZkserveError('USAGE', `wrong ${variable}: expected 64 hex digits for each key`)
}

function keyIn(text: string): Uint8Array | null {
  return /^[0-9a-fA-F]{64}$/.test(text.trim()) ? Buffer.from(text.trim(), 'hex') : null
}

/** Where the key of a data directory lies. */
export function keyPath(directory: string): string {
  return join(directory, 'encryption.key')
}

/** The key in the data directory; drawn where there is none. */
function keyOfDirectory(directory: string): Uint8Array {
  const path = keyPath(directory)
  try {
    if (!existsSync(path)) drawKey(path)
    const key = keyIn(readFileSync(path, 'utf8'))
    if (key !== null) return key
  } catch (cause) {
    throw unusable(path, (cause as Error).message, cause)
  }
  throw unusable(path, 'it is no key')
}

/** Writes a new key, and has it on the disk before anything is sealed with it; one that another wrote stays. */
function drawKey(path: string): void {
  const draft = `${path}.${process.pid}`
  try {
    writeFileSync(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flush: true })
    // A link appears whole or not at all, and not over another.
    linkSync(draft, path)
    const directory = openSync(dirname(path), 'r')
    fsyncSync(directory)
    closeSync(directory)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

function unusable(path: string, reason: string, cause?: unknown): ZkserveError {
  return new ZkserveError('FILE_NOT_FOUND', `the key "${path}" cannot be used: ${reason}`, {
    cause,
    hints: [
      'Put back the right key: without it, what was sealed with it is lost.',
      'In a new directory, check permissions and free space, or choose another --data-dir.',
    ],
  })
}
