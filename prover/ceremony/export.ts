import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ZkserveError } from '#circuits/errors.js'
import { makeDirectoryWhole } from '#prover/bundle/files.js'
import type { Bundle } from '#prover/bundle/load.js'
import { type BundleFile, filesOf } from '#prover/bundle/manifest.js'
import { type SharedFile, writeBundle } from '#prover/bundle/write.js'
import { refuseCommitted } from '#prover/ceremony/begin.js'
import type { CeremonyPlace } from '#prover/ceremony/folder.js'
import type { CeremonyMaterials } from '#prover/ceremony/materials.js'
import { type JobOptions, throwIfCancelled } from '#prover/ceremony/run-snarkjs.js'
import type { Transcript } from '#prover/ceremony/transcript.js'
import { verifyCeremony } from '#prover/ceremony/verify.js'
import { verificationKeyHash } from '#prover/key/encode.js'
import { verificationKeyFromZkey } from '#prover/key/from-zkey.js'
import { lintVerificationKey } from '#prover/key/lint.js'

export interface ExportedCeremony {
  readonly dir: string
  readonly modelHash: `0x${string}`
  readonly vkHash: `0x${string}`
  readonly transcript: Transcript
}

/** What depends on the key; the rest of a bundle is taken over as it is. */
const keyFiles: ReadonlySet<BundleFile> = new Set(['proving.zkey', 'verification_key.json'])

/**
 * Verifies a finished ceremony and writes a new bundle with its key, whole or not at all: the given bundle's circuit
 * and model, another verifying key, and the transcript in the manifest.
 *
 * @param materials found with the same bundle
 * @throws ZkserveError `INVALID_CEREMONY` for one that does not hold or has no beacon, `INVALID_KEY`, `USAGE`,
 *   `BUNDLE_EXISTS`, `CANCELLED`
 */
export async function exportCeremony(
  place: CeremonyPlace,
  bundle: Bundle,
  materials: CeremonyMaterials,
  dir: string,
  options: JobOptions = {},
): Promise<ExportedCeremony> {
  refuseCommitted(bundle)
  return makeDirectoryWhole(dir, async (staging) => {
    const verification = await verifyCeremony(place, materials, options)
    if (!verification.valid) {
      throw new ZkserveError('INVALID_CEREMONY', `the ceremony does not hold: ${verification.reason}`)
    }
    if (!verification.finished) {
      throw new ZkserveError('INVALID_CEREMONY', 'the ceremony has no beacon yet', {
        hints: ['Take the last step with `zkserve ceremony beacon`.'],
      })
    }
    const zkey = new Uint8Array(await readFile(place.key.path))
    const verificationKey = verificationKeyFromZkey(zkey)
    lintVerificationKey(verificationKey, { publicCount: bundle.manifest.publicSignals.length })
    throwIfCancelled(options.signal)
    const { transcript } = verification
    const vkHash = verificationKeyHash(verificationKey)
    const { files: _, digest: __, ...facts } = bundle.manifest
    await writeBundle(
      staging,
      { ...facts, vkHash, setup: { kind: 'ceremony', production: true, transcript } },
      {
        ...takenOver(bundle),
        'proving.zkey': zkey,
        'verification_key.json': new TextEncoder().encode(`${JSON.stringify(verificationKey, null, 1)}\n`),
      },
    )
    return { dir, modelHash: facts.modelHash, vkHash, transcript }
  })
}

/** Hashes were checked when the bundle was loaded. */
function takenOver({ dir, manifest }: Bundle): Partial<Record<BundleFile, SharedFile>> {
  const names = filesOf(manifest.weights).filter((name) => !keyFiles.has(name))
  return Object.fromEntries(
    names.map((name) => [name, { path: join(dir, name), entry: manifest.files[name]! }]),
  )
}
