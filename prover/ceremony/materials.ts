import { join } from 'node:path'
import { ZkserveError } from '#circuits/errors.js'
import { sha256 } from '#prover/bundle/files.js'
import type { Bundle } from '#prover/bundle/load.js'
import { readRegularFile } from '#prover/bundle/regular-file.js'
import { type CeremonyPlace, circuitName } from '#prover/ceremony/folder.js'
import { findTau, type StoredTau } from '#prover/ceremony/tau-store.js'

/** What a ceremony's keys are checked against. */
export interface CeremonyMaterials {
  /** The circuit's file. */
  readonly r1cs: string
  /** Its SHA-256. */
  readonly circuitHash: `0x${string}`
  readonly powers: StoredTau
}

export interface MaterialOptions {
  /** Whose circuit it must be; by default the folder's. */
  readonly bundle?: Bundle | undefined
  /** File or hash of imported powers of tau; by default those that the folder names. */
  readonly ptau?: string | undefined
  readonly store?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * @throws ZkserveError `USAGE` where a key alone does not tell, `INVALID_CEREMONY` for another circuit than the
 *   folder's, `FILE_NOT_FOUND`
 */
export async function findMaterials(
  { folder }: CeremonyPlace,
  { bundle, ptau, store, signal }: MaterialOptions,
): Promise<CeremonyMaterials> {
  const circuit = bundle === undefined ? await circuitOf(folder) : circuitOfBundle(bundle, folder)
  const wanted = ptau ?? folder?.record.powersOfTau.sha256
  if (wanted === undefined) {
    throw new ZkserveError('USAGE', 'a key alone does not tell its powers of tau: give --ptau')
  }
  const powers = await findTau(wanted, { store, signal })
  return { ...circuit, powers }
}

type Circuit = Pick<CeremonyMaterials, 'r1cs' | 'circuitHash'>

function circuitOfBundle({ dir, manifest }: Bundle, folder: CeremonyPlace['folder']): Circuit {
  const { circuitHash } = manifest
  if (folder !== null && folder.record.circuitHash !== circuitHash) {
    throw new ZkserveError('INVALID_CEREMONY', 'the ceremony is of another circuit than the bundle', {
      details: { ceremony: folder.record.circuitHash, bundle: circuitHash },
    })
  }
  return { r1cs: join(dir, circuitName), circuitHash }
}

async function circuitOf(folder: CeremonyPlace['folder']): Promise<Circuit> {
  if (folder === null) throw new ZkserveError('USAGE', 'a key alone does not tell its circuit: give --bundle')
  const { path, record } = folder
  const r1cs = join(path, circuitName)
  const bytes = await readRegularFile(r1cs).catch((cause) => {
    throw new ZkserveError('FILE_NOT_FOUND', `"${r1cs}" cannot be read`, { cause })
  })
  if (`0x${sha256(bytes)}` !== record.circuitHash) {
    throw new ZkserveError('INVALID_CEREMONY', `"${r1cs}" has another hash than ceremony.json gives`)
  }
  return { r1cs, circuitHash: record.circuitHash }
}
