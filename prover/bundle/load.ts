import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ZkserveError } from '#circuits/errors.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import { parseQModel } from '#circuits/qmodel/serialise.js'
import { sha256 } from '#prover/bundle/files.js'
import { type BundleFile, bundleFiles, type Manifest, manifestName } from '#prover/bundle/manifest.js'
import { manifestText } from '#prover/bundle/manifest-text.js'
import type { VerificationKey } from '#prover/groth16.js'
import { publicSignalLayout } from '#prover/inference/public-signals.js'
import { verificationKeyHash } from '#prover/key/encode.js'
import { lintVerificationKey } from '#prover/key/lint.js'

/** A built model whose files have the hashes that its manifest gives. */
export interface Bundle {
  readonly dir: string
  readonly manifest: Manifest
  readonly model: QModel
  readonly verificationKey: VerificationKey
}

/**
 * Loads a bundle and checks every hash, the verifying key's rules, and that the manifest's own hashes follow.
 * @throws ZkserveError `BUNDLE_NOT_FOUND`, `BUNDLE_CORRUPT`, `INVALID_KEY`
 */
export async function loadBundle(dir: string): Promise<Bundle> {
  const manifest = await readManifest(dir)
  const contents = new Map<BundleFile, Uint8Array>()
  for (const name of bundleFiles) {
    const bytes = await readChecked(dir, manifest, name)
    if (name === 'model.q.json' || name === 'verification_key.json') contents.set(name, bytes)
  }
  const model = parseQModel(contents.get('model.q.json')!)
  const layout = publicSignalLayout(model, manifest.inputMode)
  const verificationKey = parseKey(dir, contents.get('verification_key.json')!)
  lintVerificationKey(verificationKey, { publicCount: layout.length })
  const derived = {
    name: model.name,
    modelHash: `0x${manifest.files['model.q.json'].sha256}`,
    circuitHash: `0x${manifest.files['circuit.r1cs'].sha256}`,
    vkHash: verificationKeyHash(verificationKey),
    inputs: model.inputs,
    outputs: model.outputs,
    publicSignals: layout,
  } satisfies Partial<Manifest>
  for (const [name, value] of Object.entries(derived)) {
    if (JSON.stringify(manifest[name as keyof typeof derived]) !== JSON.stringify(value))
      throw corrupt(dir, `its ${name} do not follow from its files`)
  }
  return { dir, manifest, model, verificationKey }
}

/** One file of a bundle, its hash checked again. */
export async function readBundleFile(bundle: Bundle, name: BundleFile): Promise<Uint8Array> {
  return readChecked(bundle.dir, bundle.manifest, name)
}

async function readManifest(dir: string): Promise<Manifest> {
  const path = join(dir, manifestName)
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw new ZkserveError('BUNDLE_NOT_FOUND', `"${dir}" holds no bundle`, { cause })
  })
  let manifest: Manifest
  try {
    manifest = JSON.parse(text)
  } catch (cause) {
    throw corrupt(dir, 'its manifest is not JSON', cause)
  }
  if (manifest?.schema !== 'zkserve/manifest/1') throw corrupt(dir, 'its manifest has another schema')
  const { digest: _, ...body } = manifest
  if (manifestText(body) !== text) throw corrupt(dir, 'its manifest does not have the digest that it gives')
  if (bundleFiles.some((name) => typeof manifest.files?.[name]?.sha256 !== 'string')) {
    throw corrupt(dir, 'its manifest does not list all files')
  }
  if (!isWhole(manifest)) throw corrupt(dir, 'its manifest lacks a part')
  return manifest
}

async function readChecked(dir: string, manifest: Manifest, name: BundleFile): Promise<Uint8Array> {
  const bytes = await readFile(join(dir, name)).catch((cause) => {
    throw corrupt(dir, `${name} cannot be read`, cause)
  })
  if (sha256(bytes) !== manifest.files[name].sha256)
    throw corrupt(dir, `${name} has another hash than the manifest gives`)
  return bytes
}

function parseKey(dir: string, bytes: Uint8Array): VerificationKey {
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
}: Manifest): boolean {
  const counts = [constraints?.total, wires]
  return (
    (inputMode === 'hashed' || inputMode === 'public') &&
    weights === 'fixed' &&
    setup?.kind === 'development' &&
    counts.every(Number.isSafeInteger) &&
    Array.isArray(constraints.layers) &&
    typeof quantisation?.bits === 'number' &&
    typeof compiler?.version === 'string'
  )
}

function corrupt(dir: string, what: string, cause?: unknown): ZkserveError {
  return new ZkserveError('BUNDLE_CORRUPT', `the bundle "${dir}" is refused: ${what}`, { cause })
}
