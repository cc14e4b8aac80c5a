import { constants } from 'node:fs'
import { copyFile, readdir, readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { ZkserveError } from '#circuits/errors.js'
import { makeDirectoryWhole, writeFileWhole } from '#prover/bundle/files.js'
import { type FileHashes, hashFile } from '#prover/ceremony/hash-file.js'
import { type JobOptions, runSnarkjs } from '#prover/ceremony/run-snarkjs.js'
import { readTauFile, type TauFile } from '#prover/ceremony/tau-file.js'
import type { PowersOfTau } from '#prover/ceremony/transcript.js'

/** Powers of tau in the store. Hashes are those of the file that was imported. */
export interface ImportedTau extends PowersOfTau {
  readonly contributions: number
  /** Whether every point was checked, or the file is known by its published hash alone. */
  readonly check: 'full' | 'hash'
}

/** What is written beside the powers. */
interface StoreRecord extends ImportedTau {
  readonly schema: 'zkserve/powers-of-tau/1'
  /** Of powers.ptau, which is prepared for phase 2. */
  readonly stored: { readonly sha256: string; readonly bytes: number }
}

export interface ImportOptions extends JobOptions {
  /** SHA-256 or BLAKE2b-512 of the file as it was published: its points are then not checked. */
  readonly trusted?: string | undefined
  readonly store?: string | undefined
}

const powersName = 'powers.ptau'
const recordName = 'record.json'

/** Where powers of tau are kept: below ZKSERVE_CACHE, else below the user's cache folder. */
export function defaultStore(): string {
  const { ZKSERVE_CACHE, XDG_CACHE_HOME } = process.env
  const cache = ZKSERVE_CACHE || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'zkserve')
  return join(cache, 'powers-of-tau')
}

/**
 * Checks a powers-of-tau file, prepares it for phase 2 where it is not, and keeps it by its SHA-256.
 *
 * @throws ZkserveError `FILE_NOT_FOUND`, `INVALID_CEREMONY`, `CANCELLED`
 */
export async function importTau(path: string, options: ImportOptions = {}): Promise<ImportedTau> {
  const { trusted, signal, onProgress, store = defaultStore() } = options
  const file = await readTauFile(path)
  const hashes = await hashFile(path, { ...(signal ? { signal } : {}) })
  if (trusted !== undefined) refuseOther(hashes, trusted)
  const known = await readRecord(join(store, hashes.sha256))
  const check = trusted === undefined ? 'full' : 'hash'
  if (known !== null && (known.check === 'full' || check === 'hash')) return factsOf(known)
  if (check === 'full') {
    const { holds, faults } = await runSnarkjs({ kind: 'verifyPowers', powers: path }, { onProgress, signal })
    if (!holds) throw wrongPowers(faults)
  }
  const record: StoreRecord =
    known === null ? await keep(path, file, hashes, check, store, options) : { ...known, check }
  if (known !== null) await writeFileWhole(join(store, hashes.sha256, recordName), textOf(record))
  return factsOf(record)
}

async function keep(
  path: string,
  file: TauFile,
  hashes: FileHashes,
  check: ImportedTau['check'],
  store: string,
  { onProgress, signal }: ImportOptions,
): Promise<StoreRecord> {
  return makeDirectoryWhole(join(store, hashes.sha256), async (staging) => {
    const to = join(staging, powersName)
    if (file.prepared) await copyFile(path, to, constants.COPYFILE_FICLONE)
    else await runSnarkjs({ kind: 'preparePowers', powers: path, to }, { onProgress, signal })
    const stored = await hashFile(to, { ...(signal ? { signal } : {}) })
    if (file.prepared && stored.sha256 !== hashes.sha256) {
      throw new ZkserveError('INVALID_CEREMONY', `"${path}" changed while it was imported`)
    }
    const record: StoreRecord = {
      schema: 'zkserve/powers-of-tau/1',
      sha256: hashes.sha256,
      blake2b: hashes.blake2b,
      power: file.power,
      contributions: file.contributions,
      check,
      stored: { sha256: stored.sha256, bytes: stored.bytes },
    }
    await writeFileWhole(join(staging, recordName), textOf(record))
    return record
  })
}

/** Powers that were imported, and where they are. */
export interface StoredTau extends ImportedTau {
  readonly path: string
}

/**
 * Finds imported powers by a file's path, or by a hash of that file; the stored file is hashed again.
 *
 * @throws ZkserveError `FILE_NOT_FOUND` if they were not imported, `INVALID_CEREMONY` if they were damaged since
 */
export async function findTau(
  fileOrHash: string,
  { store = defaultStore(), signal }: Pick<ImportOptions, 'store' | 'signal'> = {},
): Promise<StoredTau> {
  const hash = /^([0-9a-f]{64}|[0-9a-f]{128})$/i.test(fileOrHash)
    ? fileOrHash.toLowerCase()
    : (await hashFile(fileOrHash, { ...(signal ? { signal } : {}) })).sha256
  const record = await recordOf(store, hash)
  if (record === null) {
    throw new ZkserveError('FILE_NOT_FOUND', `the powers of tau "${fileOrHash}" were not imported`, {
      hints: ['Import them with `zkserve ceremony import FILE.ptau`, which checks them.'],
    })
  }
  const path = join(store, record.sha256, powersName)
  const { sha256 } = await hashFile(path, { ...(signal ? { signal } : {}) })
  if (sha256 !== record.stored.sha256) {
    throw new ZkserveError('INVALID_CEREMONY', `"${path}" was changed since it was imported`, {
      hints: ['Remove its folder and import the powers of tau again.'],
    })
  }
  return { ...factsOf(record), path }
}

async function recordOf(store: string, hash: string): Promise<StoreRecord | null> {
  if (hash.length === 64) return readRecord(join(store, hash))
  const names = await readdir(store).catch(() => [])
  for (const name of names.filter((entry) => /^[0-9a-f]{64}$/.test(entry))) {
    const record = await readRecord(join(store, name))
    if (record?.blake2b === hash) return record
  }
  return null
}

async function readRecord(entry: string): Promise<StoreRecord | null> {
  const text = await readFile(join(entry, recordName), 'utf8').catch(() => null)
  const present = await stat(join(entry, powersName)).catch(() => null)
  return text === null || present === null ? null : JSON.parse(text)
}

function factsOf({ sha256, blake2b, power, contributions, check }: StoreRecord): ImportedTau {
  return { sha256, blake2b, power, contributions, check }
}

function textOf(record: StoreRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`
}

function refuseOther({ sha256, blake2b }: FileHashes, trusted: string): void {
  const hash = trusted.toLowerCase().replace(/^0x/, '')
  if (hash === sha256 || hash === blake2b) return
  throw new ZkserveError('INVALID_CEREMONY', 'the powers of tau have another hash than is trusted', {
    hints: ['Download the file again, from a place that you trust.'],
    details: { sha256, blake2b, trusted: hash },
  })
}

function wrongPowers(faults: readonly string[]): ZkserveError {
  const message = `the powers of tau do not hold: ${faults[0] ?? 'snarkjs refuses them'}`
  return new ZkserveError('INVALID_CEREMONY', message, { details: { faults } })
}
