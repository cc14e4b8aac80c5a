/** Folders with a circuit, its keys and what belongs to it, beside bundles: `facts.json` names every file's hash. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ZkserveError } from '#circuits/errors.js'
import { makeDirectoryWhole, sha256 } from '#prover/bundle/files.js'
import { readRegularFile } from '#prover/bundle/regular-file.js'

const factsName = 'facts.json'

/** What a folder holds. */
export interface KeyedFolder<Name extends string> {
  /** JSON; whoever reads it checks it. */
  readonly facts: Readonly<Record<string, unknown>>
  readonly files: Readonly<Record<Name, Uint8Array>>
}

/**
 * Writes a folder whole or not at all.
 * @param schema tells what kind of folder it is
 * @throws ZkserveError `BUNDLE_EXISTS`, `FILE_NOT_FOUND`
 */
export async function writeKeyedFolder(
  dir: string,
  schema: string,
  { facts, files }: KeyedFolder<string>,
): Promise<void> {
  await makeDirectoryWhole(dir, async (staging) => {
    const hashes: Record<string, string> = {}
    for (const [name, bytes] of Object.entries(files)) {
      hashes[name] = sha256(bytes)
      await writeFile(join(staging, name), bytes, { flush: true })
    }
    const text = JSON.stringify({ schema, ...facts, files: hashes }, null, 2)
    await writeFile(join(staging, factsName), `${text}\n`, { flush: true })
  })
}

/**
 * Reads a folder that {@link writeKeyedFolder} wrote, and checks every file's hash.
 * @throws ZkserveError `BUNDLE_NOT_FOUND`, `BUNDLE_CORRUPT`
 */
export async function readKeyedFolder<Name extends string>(
  dir: string,
  schema: string,
  names: readonly Name[],
): Promise<KeyedFolder<Name>> {
  const { files: hashes, ...facts } = await readFacts(dir, schema)
  const files: Partial<Record<Name, Uint8Array>> = {}
  for (const name of names) {
    const bytes = await readRegularFile(join(dir, name)).catch((cause) => {
      throw corruptFolder(dir, `${name} cannot be read`, cause)
    })
    if (sha256(bytes) !== (hashes as Partial<Record<string, unknown>>)[name])
      throw corruptFolder(dir, `${name} has another hash than ${factsName} gives`)
    files[name] = bytes
  }
  return { facts, files: files as Record<Name, Uint8Array> }
}

async function readFacts(dir: string, schema: string): Promise<Record<string, unknown>> {
  const bytes = await readRegularFile(join(dir, factsName)).catch((cause) => {
    throw new ZkserveError('BUNDLE_NOT_FOUND', `"${dir}" holds no ${schema} folder`, { cause })
  })
  let facts: Record<string, unknown> | null
  try {
    facts = JSON.parse(new TextDecoder().decode(bytes))
  } catch (cause) {
    throw corruptFolder(dir, `${factsName} is not JSON`, cause)
  }
  if (facts?.schema !== schema) throw corruptFolder(dir, `it is no ${schema} folder`)
  if (typeof facts.files !== 'object' || facts.files === null)
    throw corruptFolder(dir, `${factsName} lists no files`)
  return facts
}

/** The error of a folder that is not what it should be. */
export function corruptFolder(dir: string, what: string, cause?: unknown): ZkserveError {
  return new ZkserveError('BUNDLE_CORRUPT', `the folder "${dir}" is refused: ${what}`, { cause })
}
