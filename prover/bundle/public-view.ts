import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ZkserveError } from '#circuits/errors.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import { makeDirectoryWhole, sha256 } from '#prover/bundle/files.js'
import {
  type Bundle,
  loadBundle,
  parseKey,
  readChecked,
  readManifest,
  refuseUnderived,
  type VerifiableModel,
} from '#prover/bundle/load.js'
import {
  manifestName,
  type PublicFile,
  type PublicManifest,
  type PublicManifestBody,
  publicFiles,
} from '#prover/bundle/manifest.js'
import { manifestText } from '#prover/bundle/manifest-text.js'
import { publicSignalLayout } from '#prover/inference/public-signals.js'
import { verificationKeyHash } from '#prover/key/encode.js'
import { lintVerificationKey } from '#prover/key/lint.js'
import { isInSpan } from '#prover/key/span-check.js'
import {
  architectureIdOf,
  committedModelHash,
  parseArchitectureKey,
  spanPoint,
} from '#prover/weights/architecture.js'
import { foldCommitment } from '#prover/weights/fold.js'

/**
 * Writes what others may see of a model with committed weights: enough to verify its proofs and its commitment.
 * Neither weights nor blinding nor any hash of them is in it.
 *
 * @throws ZkserveError `USAGE` for fixed weights, which every holder of the key may know; `BUNDLE_EXISTS`
 */
export async function exportPublicView({ dir, manifest }: Bundle, target: string): Promise<void> {
  const { files, digest: _, view: __, ...facts } = manifest
  if (facts.weights === 'fixed') {
    throw new ZkserveError('USAGE', 'the weights of this model are fixed, and so public', {
      hints: ['Share the bundle itself, or build with `--weights committed`.'],
    })
  }
  const { schema, ...rest } = facts
  const shown = Object.fromEntries(publicFiles.map((name) => [name, files[name]!])) as Record<
    PublicFile,
    PublicManifest['files'][PublicFile]
  >
  const body: PublicManifestBody = { schema, view: 'public', files: shown, ...rest }
  await makeDirectoryWhole(target, async (staging) => {
    for (const name of publicFiles) {
      await readChecked(dir, manifest, name)
      await copyFile(join(dir, name), join(staging, name))
    }
    await writeFile(join(staging, manifestName), manifestText(body), { flush: true })
  })
}

/**
 * Loads a bundle or a public view for verifying alone.
 *
 * Of a public view everything is checked that can be without the weights: hashes, the keys' rules, that the commitment
 * is in the span of the weights' points, that it is what makes the version's key from the architecture's, and that
 * the model hash follows.
 *
 * @throws ZkserveError `BUNDLE_NOT_FOUND`, `BUNDLE_CORRUPT`, `INVALID_KEY`
 */
export async function loadVerifiable(dir: string): Promise<VerifiableModel> {
  const manifest = await readManifest(dir)
  return manifest.view === 'public' ? loadPublicView(dir, manifest) : loadBundle(dir)
}

async function loadPublicView(dir: string, manifest: PublicManifest): Promise<VerifiableModel> {
  const contents = new Map<PublicFile, Uint8Array>()
  for (const name of publicFiles) contents.set(name, await readChecked(dir, manifest, name))
  const { committed, circuitHash, publicSignals } = manifest
  const { commitment, spanProof } = committed!
  const architectureKey = parseArchitectureKey(contents.get('architecture_key.json')!)
  const span = spanPoint(architectureKey)
  if (!isInSpan(commitment, spanProof, span)) {
    throw corrupt(dir, 'its commitment is no sum of the points of weights')
  }
  const verificationKey = parseKey(dir, contents.get('verification_key.json')!)
  lintVerificationKey(verificationKey, { publicCount: publicSignals.length })
  const folded = verificationKeyHash(foldCommitment(architectureKey.verificationKey, commitment))
  if (folded !== verificationKeyHash(verificationKey)) {
    throw corrupt(dir, "its verifying key is not the architecture's with the commitment")
  }
  const architecture = contents.get('architecture.json')!
  const architectureHash = `0x${sha256(architecture)}` as const
  const { inputs, outputs } = manifest
  const architectural = parseArchitecture(dir, architecture)
  if (
    JSON.stringify(outputs.map(({ scale: _, ...output }) => output)) !== JSON.stringify(architectural.outputs)
  ) {
    throw corrupt(dir, 'its outputs are not those of its architecture')
  }
  refuseUnderived(dir, manifest, {
    modelHash: committedModelHash({ architectureHash, circuitHash, commitment, inputs, outputs }),
    vkHash: folded,
    batch: architectural.batch,
    inputs: architectural.inputs,
    publicSignals: publicSignalLayout({ inputs, outputs }, manifest.inputMode),
    committed: {
      architectureHash,
      architectureId: architectureIdOf(architectureKey.verificationKey, span),
      commitment,
      spanProof,
    },
  })
  return { dir, manifest, verificationKey, architectureKey }
}

/** The parts of an architecture that a verifier reads. */
function parseArchitecture(
  dir: string,
  bytes: Uint8Array,
): Pick<QModel, 'batch' | 'inputs'> & { readonly outputs: unknown } {
  try {
    const { batch, inputs, outputs } = JSON.parse(new TextDecoder().decode(bytes))
    return { batch, inputs, outputs }
  } catch {
    throw corrupt(dir, 'its architecture is not JSON')
  }
}

function corrupt(dir: string, what: string): ZkserveError {
  return new ZkserveError('BUNDLE_CORRUPT', `the public view "${dir}" is refused: ${what}`)
}
