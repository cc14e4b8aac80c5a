import { readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ZkserveError } from '#circuits/errors.js'
import { readRegularFile } from '#prover/bundle/regular-file.js'
import { type KeyFile, readKeyFile } from '#prover/ceremony/key-file.js'
import type { PowersOfTau } from '#prover/ceremony/transcript.js'

/** What a ceremony's folder says of it; the file ceremony.json. */
export interface CeremonyRecord {
  readonly schema: 'zkserve/ceremony/1'
  /** Name of the model. */
  readonly name: string
  /** SHA-256 of circuit.r1cs. */
  readonly circuitHash: `0x${string}`
  readonly powersOfTau: PowersOfTau
}

/** A key on its way, and the folder of its ceremony where it is known. */
export interface CeremonyPlace {
  /** The last key of a folder, or the one that was given alone. */
  readonly key: KeyFile
  readonly folder: { readonly path: string; readonly record: CeremonyRecord } | null
}

export const recordName = 'ceremony.json'
export const circuitName = 'circuit.r1cs'

/** The file of a key after so many contributions: 0003.zkey. */
export function keyName(contributions: number): string {
  return `${contributions.toString().padStart(4, '0')}.zkey`
}

/**
 * Finds a ceremony by its folder, or by a single key, which may lie in such a folder or come from somebody else.
 *
 * @throws ZkserveError `FILE_NOT_FOUND`, `INVALID_CEREMONY`, `INVALID_KEY`
 */
export async function findCeremony(path: string): Promise<CeremonyPlace> {
  const found = await stat(path).catch((cause) => {
    throw new ZkserveError('FILE_NOT_FOUND', `"${path}" does not exist`, { cause })
  })
  if (!found.isDirectory()) {
    const parent = dirname(path)
    const record = await readRecord(parent)
    return { key: await readKeyFile(path), folder: record && { path: parent, record } }
  }
  const record = await readRecord(path)
  if (record === null) {
    throw new ZkserveError('FILE_NOT_FOUND', `"${path}" holds no ceremony`, {
      hints: ['Begin one with `zkserve ceremony new BUNDLE --ptau FILE --out DIR`.'],
    })
  }
  const last = (await keysOf(path)).at(-1)
  if (last === undefined)
    throw new ZkserveError('FILE_NOT_FOUND', `"${path}" holds no key, such as 0000.zkey`)
  return { key: await readKeyFile(join(path, last)), folder: { path, record } }
}

/**
 * Checks that the keys of a folder follow from each other: each has the contributions of the one before, and as many
 * as its name says.
 *
 * @returns what is wrong, or null
 */
export async function brokenOrder(folder: string): Promise<string | null> {
  let before: readonly string[] = []
  for (const name of await keysOf(folder)) {
    const { chain } = await readKeyFile(join(folder, name))
    const hashes = chain.contributions.map(({ hash }) => hash)
    if (keyName(hashes.length) !== name) return `${name} has ${hashes.length} contributions`
    if (before.some((hash, index) => hashes[index] !== hash))
      return `${name} does not follow the key before it`
    before = hashes
  }
  return null
}

/** Names of the keys, in order. */
async function keysOf(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => /^\d{4,5}\.zkey$/.test(name)).sort()
}

async function readRecord(folder: string): Promise<CeremonyRecord | null> {
  const bytes = await readRegularFile(join(folder, recordName)).catch(() => null)
  if (bytes === null) return null
  const damaged = () => new ZkserveError('INVALID_CEREMONY', `"${join(folder, recordName)}" is damaged`)
  let record: CeremonyRecord | null
  try {
    record = JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    throw damaged()
  }
  const isWhole =
    record?.schema === 'zkserve/ceremony/1' &&
    /^0x[0-9a-f]{64}$/.test(record.circuitHash) &&
    /^[0-9a-f]{64}$/.test(record.powersOfTau?.sha256)
  if (!isWhole) throw damaged()
  return record
}
