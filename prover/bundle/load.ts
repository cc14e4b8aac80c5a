import { join } from 'node:path'
import { ZkserveError } from '#circuits/errors.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import { parseQModel } from '#circuits/qmodel/serialise.js'
import { checkSetup, isWholeSetup } from '#prover/bundle/check-setup.js'
import { checkCommitted } from '#prover/bundle/committed.js'
import { sha256 } from '#prover/bundle/files.js'
import {
  type BundleFile,
  committedFiles,
  type FileEntry,
  filesOf,
  filesWith,
  type Manifest,
  type ModelFacts,
  manifestName,
  optionalFiles,
  type PublicManifest,
  publicFiles,
} from '#prover/bundle/manifest.js'
import { manifestText } from '#prover/bundle/manifest-text.js'
import { readRegularFile } from '#prover/bundle/regular-file.js'
import type { VerificationKey } from '#prover/groth16.js'
import { publicSignalLayout } from '#prover/inference/public-signals.js'
import { verificationKeyHash } from '#prover/key/encode.js'
import { lintVerificationKey } from '#prover/key/lint.js'
import type { ArchitectureKey } from '#prover/weights/architecture.js'
import type { HiddenWeights } from '#prover/weights/version.js'

/** What verifying takes of a model: a bundle, or a public view of one. */
export interface VerifiableModel {
  readonly dir: string
  readonly manifest: ModelFacts
  readonly verificationKey: VerificationKey
  /** With committed weights: what the verifying key was made from. */
  readonly architectureKey: ArchitectureKey | null
}

/** A built model whose files have the hashes that its manifest gives. */
export interface Bundle extends VerifiableModel {
  readonly manifest: Manifest
  readonly model: QModel
  /** With committed weights: what proofs take beside the input. */
  readonly hidden: HiddenWeights | null
}

export interface LoadOptions {
  /** Leaves the hashes of what only proofs take ({@link lateFiles}) until they are read. */
  readonly late?: boolean
}

/**
 * Loads a bundle and checks every hash, the verifying key's rules, and that the manifest's own hashes follow. With
 * committed weights it makes the commitment again, and checks that it is in the span and folded into the key.
 * @throws ZkserveError `BUNDLE_NOT_FOUND`, `BUNDLE_CORRUPT`, `INVALID_KEY`
 */
export async function loadBundle(dir: string, { late = false }: LoadOptions = {}): Promise<Bundle> {
  const manifest = await readManifest(dir)
  if (manifest.view === 'public') {
    throw new ZkserveError(
      'BUNDLE_NOT_FOUND',
      `"${dir}" holds the public view of a model, without its weights`,
      {
        hints: ["It verifies proofs. Running or proving the model takes its owner's bundle."],
      },
    )
  }
  const contents = new Map<BundleFile, Uint8Array>()
  for (const name of filesWith(manifest.weights, (name) => manifest.files[name] !== undefined)) {
    if (late && lateFiles.has(name)) continue
    const bytes = await readChecked(dir, manifest, name)
    if (parsedFiles.has(name)) contents.set(name, bytes)
  }
  const model = parseQModel(contents.get('model.q.json')!)
  const layout = publicSignalLayout(model, manifest.inputMode)
  const verificationKey = parseKey(dir, contents.get('verification_key.json')!)
  lintVerificationKey(verificationKey, { publicCount: layout.length })
  const circuitHash = `0x${manifest.files['circuit.r1cs'].sha256}` as const
  const version =
    manifest.weights === 'committed'
      ? checkCommitted({ model, circuitHash, verificationKey, contents })
      : {
          modelHash: `0x${manifest.files['model.q.json'].sha256}` as const,
          hidden: null,
          architectureKey: null,
        }
  const { hidden, architectureKey, ...hashes } = version
  const derived = {
    name: model.name,
    ...hashes,
    circuitHash,
    vkHash: verificationKeyHash(verificationKey),
    batch: model.batch,
    inputs: model.inputs,
    outputs: model.outputs,
    publicSignals: layout,
  }
  refuseUnderived(dir, manifest, derived)
  await checkSetup(dir, manifest)
  return { dir, manifest, model, verificationKey, architectureKey, hidden }
}

/** Files that are looked into; of the others the hash is checked alone. */
const parsedFiles: ReadonlySet<BundleFile> = new Set([
  'model.q.json',
  'verification_key.json',
  ...committedFiles,
])

/** Large files that are not looked into here; whoever reads one checks its hash. */
const lateFiles: ReadonlySet<BundleFile> = new Set([
  'circuit.r1cs',
  'circuit.wasm',
  'proving.zkey',
  ...optionalFiles,
])

/** Whether only proofs take a file, so that loading with `late` does without it. */
export function isLateFile(name: BundleFile): boolean {
  return lateFiles.has(name)
}

/** @throws ZkserveError `BUNDLE_CORRUPT` where the manifest says something else than follows from its files */
export function refuseUnderived(
  dir: string,
  manifest: Manifest | PublicManifest,
  derived: Partial<Omit<ModelFacts, 'schema'>>,
): void {
  for (const [name, value] of Object.entries(derived)) {
    if (JSON.stringify(manifest[name as keyof ModelFacts]) !== JSON.stringify(value))
      throw corrupt(dir, `its ${name} do not follow from its files`)
  }
}

/** One file of a bundle, its hash checked again. */
export async function readBundleFile(bundle: Bundle, name: BundleFile): Promise<Uint8Array> {
  return readChecked(bundle.dir, bundle.manifest, name)
}

/** The manifest of a bundle or of a public view. @throws ZkserveError `BUNDLE_NOT_FOUND`, `BUNDLE_CORRUPT` */
export async function readManifest(dir: string): Promise<Manifest | PublicManifest> {
  const path = join(dir, manifestName)
  const bytes = await readRegularFile(path).catch((cause) => {
    throw new ZkserveError('BUNDLE_NOT_FOUND', `"${dir}" holds no bundle`, { cause })
  })
  const text = new TextDecoder().decode(bytes)
  let manifest: Manifest | PublicManifest
  try {
    manifest = JSON.parse(text)
  } catch (cause) {
    throw corrupt(dir, 'its manifest is not JSON', cause)
  }
  if (manifest?.schema !== 'zkserve/manifest/2') throw corrupt(dir, 'its manifest has another schema')
  const { digest: _, ...body } = manifest
  if (manifestText(body) !== text) throw corrupt(dir, 'its manifest does not have the digest that it gives')
  const expected: readonly BundleFile[] = manifest.view === 'public' ? publicFiles : filesOf(manifest.weights)
  const files: Partial<Record<BundleFile, FileEntry>> | undefined = manifest.files
  if (expected.some((name) => typeof files?.[name]?.sha256 !== 'string')) {
    throw corrupt(dir, 'its manifest does not list all files')
  }
  if (!isWhole(manifest)) throw corrupt(dir, 'its manifest lacks a part')
  return manifest
}

/** A file with the hash that the manifest gives. @throws ZkserveError `BUNDLE_CORRUPT` */
export async function readChecked(
  dir: string,
  { files }: { readonly files: Partial<Record<BundleFile, FileEntry>> },
  name: BundleFile,
): Promise<Uint8Array> {
  const bytes = await readRegularFile(join(dir, name)).catch((cause) => {
    throw corrupt(dir, `${name} cannot be read`, cause)
  })
  if (sha256(bytes) !== files[name]?.sha256)
    throw corrupt(dir, `${name} has another hash than the manifest gives`)
  return bytes
}

/** @throws ZkserveError `BUNDLE_CORRUPT` */
export function parseKey(dir: string, bytes: Uint8Array): VerificationKey {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch (cause) {
    throw corrupt(dir, 'its verifying key is not JSON', cause)
  }
}

/** What else a manifest must have, whoever wrote it; the rest is derived. */
function isWhole({
  inputMode,
  constraints,
  wires,
  quantisation,
  compiler,
  setup,
  weights,
  view,
  committed,
}: Manifest | PublicManifest): boolean {
  const counts = [constraints?.total, wires]
  return (
    (inputMode === 'hashed' || inputMode === 'public') &&
    (weights === 'fixed' || weights === 'committed') &&
    (weights === 'committed') === (committed !== undefined) &&
    (view === 'owner' || (view === 'public' && weights === 'committed')) &&
    isWholeSetup(setup, weights) &&
    counts.every(Number.isSafeInteger) &&
    Array.isArray(constraints.layers) &&
    typeof quantisation?.bits === 'number' &&
    typeof compiler?.version === 'string'
  )
}

function corrupt(dir: string, what: string, cause?: unknown): ZkserveError {
  return new ZkserveError('BUNDLE_CORRUPT', `the bundle "${dir}" is refused: ${what}`, { cause })
}
