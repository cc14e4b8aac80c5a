import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { groth16 } from 'snarkjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { datasetRow } from '#circuits/data/dataset.js'
import { createSnarkjsProver } from '#prover/backends/snarkjs.js'
import { buildBundle } from '#prover/bundle/build.js'
import { commitBundle } from '#prover/bundle/commit.js'
import { sha256 } from '#prover/bundle/files.js'
import { type Bundle, loadBundle } from '#prover/bundle/load.js'
import {
  type BundleFile,
  committedFiles,
  filesOf,
  type Manifest,
  type PublicManifest,
  publicFiles,
} from '#prover/bundle/manifest.js'
import { manifestText } from '#prover/bundle/manifest-text.js'
import { exportPublicView, loadVerifiable } from '#prover/bundle/public-view.js'
import { type ProvenInference, proveInference } from '#prover/prove.js'
import { defaultSettings } from '#prover/settings.js'
import { proofFileOf, verifyProofFile } from '#prover/verify.js'
import { foldCommitment } from '#prover/weights/fold.js'
import { blindingText } from '#prover/weights/version.js'
import { g1Add, g1Scale } from '../../support/curve-points.js'
import { graphOf } from '../../support/graph-builder.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { tinySource } from '../../support/tiny-source.js'

const context = {
  chainId: 31337,
  verifier: `0x${'11'.repeat(20)}`,
  requester: `0x${'00'.repeat(20)}`,
  nonce: 7n,
}

let folder: string
/** A built version, one with new weights, and one with the weights of the first again. */
let first: Bundle
let second: Bundle
let again: Bundle
let shown: string
let proven: ProvenInference
let provenSecond: ProvenInference
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zkserve-test-'))
  const path = (name: string) => join(folder, name)
  const { onnx, graph, calibration } = tinySource(1)
  await buildBundle(onnx, graph, calibration, path('first'), {
    ...defaultSettings,
    ...{ bits: 6, input: 'hashed', weights: 'committed' },
  })
  first = await loadBundle(path('first'))
  const retrained = tinySource(1, 0.02)
  await commitBundle(first, retrained.onnx, retrained.graph, calibration, path('second'))
  second = await loadBundle(path('second'))
  await commitBundle(second, onnx, graph, calibration, path('again'))
  again = await loadBundle(path('again'))
  shown = path('public')
  await exportPublicView(first, shown)
  const prover = createSnarkjsProver({ singleThread: true })
  proven = await proveInference(first, prover, datasetRow(calibration, 3), { context })
  provenSecond = await proveInference(second, prover, datasetRow(calibration, 3), { context })
  await prover.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('versions of an architecture', () => {
  test('prove with the real public signals alone, under ordinary keys', async () => {
    for (const [bundle, proof] of [
      [first, proven],
      [second, provenSecond],
    ] as const) {
      expect(proof.publicSignals.length).toBe(bundle.manifest.publicSignals.length)
      const file = JSON.parse(JSON.stringify(proofFileOf(bundle, proof)))
      expect(await verifyProofFile(bundle, file)).toMatchObject({
        valid: true,
        claim: { integers: proof.integers },
      })
      expect(await groth16.verify(bundle.verificationKey, [...proof.publicSignals], proof.proof)).toBe(true)
    }
  })

  test('refuse proofs of each other', async () => {
    const { proof, publicSignals } = proven
    expect(await verifyProofFile(second, { proof, publicSignals })).toMatchObject({ valid: false })
    expect(await verifyProofFile(again, { proof, publicSignals })).toMatchObject({ valid: false })
    expect(await verifyProofFile(second, proofFileOf(first, proven))).toMatchObject({ valid: false })
  })

  test('share circuit and set-up, and nothing that tells weights', () => {
    const shared = [
      'circuit.circom',
      'circuit.r1cs',
      'circuit.wasm',
      'witness.plan',
      'proving.zkey',
      'proving.quotient',
      'commitment_key.bin',
    ] as const
    for (const name of [...shared, 'architecture.json', 'architecture_key.json'] as const) {
      expect(second.manifest.files[name]).toEqual(first.manifest.files[name])
    }
    expect(statSync(join(second.dir, 'proving.zkey')).ino).toBe(statSync(join(first.dir, 'proving.zkey')).ino)
    expect(second.manifest.committed!.architectureId).toBe(first.manifest.committed!.architectureId)
    expect(second.manifest.circuitHash).toBe(first.manifest.circuitHash)
  })

  test('with the same weights look unrelated', () => {
    expect(again.hidden!.weights).toEqual(first.hidden!.weights)
    expect(again.manifest.files['model.q.json']).toEqual(first.manifest.files['model.q.json'])
    expect(again.manifest.modelHash).not.toBe(first.manifest.modelHash)
    expect(again.manifest.vkHash).not.toBe(first.manifest.vkHash)
    expect(again.manifest.committed!.commitment).not.toEqual(first.manifest.committed!.commitment)
  })

  test('are not made of models of another shape, and nothing is left of the attempt', async () => {
    const { graph, calibration } = tinySource(1)
    const [products, ...rest] = graph.nodes
    const shorter = graphOf([1, 4], [products!, ...rest.slice(0, 1)], ['hidden'])
    const target = join(temporaryFolder(), 'new')
    const attempt = commitBundle(first, Uint8Array.of(1), shorter, calibration, target)
    await expect(attempt).rejects.toMatchObject({ code: 'ARCHITECTURE_MISMATCH' })
    expect(existsSync(target)).toBe(false)
  })

  test('are made of bundles with committed weights alone', async () => {
    const { onnx, graph, calibration } = tinySource(1)
    const target = join(temporaryFolder(), 'new')
    const fixed = { ...first, architectureKey: null }
    await expect(commitBundle(fixed, onnx, graph, calibration, target)).rejects.toMatchObject({
      code: 'USAGE',
    })
    await expect(commitBundle(first, onnx, graph, calibration, second.dir)).rejects.toMatchObject({
      code: 'BUNDLE_EXISTS',
    })
  })
})

describe('a public view', () => {
  test('verifies proofs as the bundle does', async () => {
    const view = await loadVerifiable(shown)
    const file = proofFileOf(first, proven)
    expect(await verifyProofFile(view, file)).toEqual(await verifyProofFile(first, file))
    expect(await verifyProofFile(view, { ...provenSecond })).toMatchObject({ valid: false })
    const [output, ...rest] = [...proven.publicSignals].reverse()
    const forged = { proof: proven.proof, publicSignals: [...rest.reverse(), String(BigInt(output!) + 1n)] }
    expect(await verifyProofFile(view, forged)).toMatchObject({ valid: false })
  })

  test('holds neither weights nor blinding nor hashes of them, nor does a proof', async () => {
    const { weights, blinding } = first.hidden!
    const files = readdirSync(shown)
    expect(files.sort()).toEqual(['manifest.json', ...publicFiles].sort())
    const texts = files.map((name) => readFileSync(join(shown, name), 'utf8'))
    texts.push(JSON.stringify(proofFileOf(first, proven)))
    const privateNames = [
      'model.onnx',
      'model.q.json',
      'report.json',
      'witness.plan',
      'weights.private.json',
    ] as const
    const secrets = [
      blinding.toString(),
      blinding.toString(16),
      Array.from(weights.subarray(0, 3)).join(','),
      Array.from(weights.subarray(0, 3)).join(', '),
      ...privateNames.map((name) => first.manifest.files[name]!.sha256),
    ]
    for (const text of texts) for (const secret of secrets) expect(text).not.toContain(secret)
    // Versions with other weights have the same public files, but for key, commitment and scales of outputs.
    const other = join(temporaryFolder(), 'view')
    await exportPublicView(again, other)
    const read = (dir: string, name: string) => readFileSync(join(dir, name), 'utf8')
    for (const name of ['circuit.circom', 'architecture.json', 'architecture_key.json']) {
      expect(read(other, name)).toBe(read(shown, name))
    }
  })

  test('neither runs nor proves', async () => {
    await expect(loadBundle(shown)).rejects.toMatchObject({ code: 'BUNDLE_NOT_FOUND' })
  })

  test.each(['manifest.json', ...publicFiles])('with %s changed is refused', async (name) => {
    const copy = join(temporaryFolder(), 'copy')
    cpSync(shown, copy, { recursive: true })
    const bytes = readFileSync(join(copy, name))
    bytes[Math.floor(bytes.length / 2)]! ^= 1
    writeFileSync(join(copy, name), bytes)
    await expect(loadVerifiable(copy)).rejects.toMatchObject({ code: 'BUNDLE_CORRUPT' })
  })

  test('whose maker shifted the commitment is refused, although all its hashes are right', async () => {
    const copy = join(temporaryFolder(), 'copy')
    cpSync(shown, copy, { recursive: true })
    const { digest: _, ...manifest }: PublicManifest = JSON.parse(
      readFileSync(join(copy, 'manifest.json'), 'utf8'),
    )
    const architecture = first.architectureKey!.verificationKey
    const commitment = g1Add(manifest.committed!.commitment, g1Scale(architecture.IC[2]!, 5n))
    const key = `${JSON.stringify(foldCommitment(architecture, commitment), null, 1)}\n`
    writeFileSync(join(copy, 'verification_key.json'), key)
    const entry = { sha256: sha256(Buffer.from(key)), bytes: key.length }
    const shifted = {
      ...manifest,
      files: { ...manifest.files, 'verification_key.json': entry },
      committed: { ...manifest.committed!, commitment },
    }
    writeFileSync(join(copy, 'manifest.json'), manifestText(shifted))
    await expect(loadVerifiable(copy)).rejects.toThrow(/no sum of the points/)
  })

  test('of fixed weights makes no sense', async () => {
    const fixed = { ...first, manifest: { ...first.manifest, weights: 'fixed' as const } }
    await expect(exportPublicView(fixed, join(temporaryFolder(), 'view'))).rejects.toMatchObject({
      code: 'USAGE',
    })
  })
})

describe('a bundle', () => {
  /** A copy with one file replaced, and the manifest as if that were right. */
  function replaced(name: BundleFile, bytes: Uint8Array): string {
    const copy = join(temporaryFolder(), 'copy')
    cpSync(first.dir, copy, { recursive: true })
    rmSync(join(copy, name))
    writeFileSync(join(copy, name), bytes)
    const { digest: _, ...manifest }: Manifest = JSON.parse(readFileSync(join(copy, 'manifest.json'), 'utf8'))
    const entry = { sha256: sha256(bytes), bytes: bytes.length }
    const files = { ...manifest.files, [name]: entry }
    writeFileSync(join(copy, 'manifest.json'), manifestText({ ...manifest, files }))
    return copy
  }
  const refusal = { code: expect.stringMatching(/^(BUNDLE_CORRUPT|INVALID_KEY|INVALID_QMODEL)$/) }

  test('with another blinding is refused', async () => {
    const blinding = first.hidden!.blinding ^ 1n
    const copy = replaced('weights.private.json', new TextEncoder().encode(blindingText(blinding)))
    await expect(loadBundle(copy)).rejects.toMatchObject({ code: 'BUNDLE_CORRUPT' })
  })

  test.each(['model.q.json', 'verification_key.json', 'weights.private.json'] as const)(
    'with %s of another version is refused',
    async (name) => {
      const copy = replaced(name, readFileSync(join(second.dir, name)))
      await expect(loadBundle(copy)).rejects.toMatchObject(refusal)
    },
  )

  test.each([...committedFiles])('with %s hollow or damaged is refused', async (name) => {
    const bytes = readFileSync(join(first.dir, name))
    const damaged = Uint8Array.from(bytes)
    damaged[Math.floor(0.4 * bytes.length)]! ^= 4
    for (const bad of [new Uint8Array(), new TextEncoder().encode('{}'), bytes.subarray(1), damaged]) {
      await expect(loadBundle(replaced(name, bad))).rejects.toMatchObject(refusal)
    }
  })

  test('without one of its files is refused', async () => {
    for (const name of filesOf('committed')) {
      const copy = join(temporaryFolder(), 'copy')
      cpSync(first.dir, copy, { recursive: true })
      rmSync(join(copy, name))
      await expect(loadBundle(copy)).rejects.toMatchObject({ code: 'BUNDLE_CORRUPT' })
    }
  })

  test('keeps what tells its weights from other users of the machine', () => {
    for (const name of ['model.onnx', 'model.q.json', 'witness.plan', 'weights.private.json']) {
      expect(statSync(join(first.dir, name)).mode & 0o077).toBe(0)
    }
  })
})
