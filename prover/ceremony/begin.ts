import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ZkserveError } from '#circuits/errors.js'
import { makeDirectoryWhole } from '#prover/bundle/files.js'
import { type Bundle, readBundleFile } from '#prover/bundle/load.js'
import { type CeremonyRecord, circuitName, keyName, recordName } from '#prover/ceremony/folder.js'
import { readKeyFile } from '#prover/ceremony/key-file.js'
import { type JobOptions, runSnarkjs, throwIfCancelled } from '#prover/ceremony/run-snarkjs.js'
import type { StoredTau } from '#prover/ceremony/tau-store.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { domainSizeOf } from '#prover/setup/domain.js'

/** The beginning of a ceremony. */
export interface BegunCeremony {
  readonly dir: string
  /** snarkjs' hash of the circuit under the powers of tau, 128 hex digits: the same for everybody who begins so. */
  readonly circuit: string
  readonly power: number
  readonly powersOfTau: string
}

/**
 * Begins a ceremony for a bundle's circuit: a folder with the circuit, key 0000, which nobody has contributed to, and
 * ceremony.json. It is written whole or not at all.
 *
 * @throws ZkserveError `USAGE` for committed weights, `INVALID_CEREMONY` for powers too few, `BUNDLE_EXISTS`,
 *   `CANCELLED`
 */
export async function beginCeremony(
  bundle: Bundle,
  powers: StoredTau,
  dir: string,
  { onProgress, signal }: JobOptions = {},
): Promise<BegunCeremony> {
  const { name, circuitHash } = bundle.manifest
  refuseCommitted(bundle)
  const r1cs = await readBundleFile(bundle, 'circuit.r1cs')
  const needed = Math.log2(domainSizeOf(readR1cs(r1cs)))
  if (needed > powers.power) {
    throw new ZkserveError(
      'INVALID_CEREMONY',
      `the circuit needs 2^${needed} powers of tau, the file has 2^${powers.power}`,
      { hints: [`Import a file of power ${needed} or more.`], details: { needed, power: powers.power } },
    )
  }
  return makeDirectoryWhole(dir, async (staging) => {
    await writeFile(join(staging, circuitName), r1cs, { flush: true })
    const to = join(staging, keyName(0))
    const job = { kind: 'newKey', r1cs: join(staging, circuitName), powers: powers.path, to } as const
    const { holds, faults } = await runSnarkjs(job, { onProgress, signal })
    if (!holds) {
      throw new ZkserveError('INVALID_CEREMONY', `snarkjs made no key: ${faults[0] ?? 'no reason given'}`)
    }
    throwIfCancelled(signal)
    const { sha256, blake2b, power } = powers
    const record: CeremonyRecord = {
      schema: 'zkserve/ceremony/1',
      name,
      circuitHash,
      powersOfTau: { sha256, blake2b, power },
    }
    await writeFile(join(staging, recordName), `${JSON.stringify(record, null, 2)}\n`, { flush: true })
    const { chain } = await readKeyFile(to)
    return { dir, circuit: chain.circuit, power, powersOfTau: sha256 }
  })
}

/**
 * Committed weights need κ beside the key, and κ times points of it. snarkjs' phase 2 knows nothing of κ, so one party
 * would still know it, and could shift outputs: the key must not pass as one of a ceremony.
 *
 * @throws ZkserveError `USAGE`
 */
export function refuseCommitted({ manifest }: Bundle): void {
  if (manifest.weights === 'fixed') return
  throw new ZkserveError(
    'USAGE',
    'a bundle with committed weights has no ceremony: one party would know its κ',
    {
      hints: [
        'Build with fixed weights, or trust who ran the development set-up; see prover/ceremony/README.md.',
      ],
    },
  )
}
