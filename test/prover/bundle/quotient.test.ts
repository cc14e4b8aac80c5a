/** The points of the four-transform form in a bundle. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createNativeProver, type NativeProver } from '#prover/backends/native.js'
import { buildBundle } from '#prover/bundle/build.js'
import { sha256 } from '#prover/bundle/files.js'
import { type Bundle, loadBundle } from '#prover/bundle/load.js'
import type { Manifest } from '#prover/bundle/manifest.js'
import { manifestText } from '#prover/bundle/manifest-text.js'
import { readQuotientPoints } from '#prover/key/quotient-points.js'
import { proveInference, readProvingFiles } from '#prover/prove.js'
import { runnableBuilds } from '../../support/native-builds.js'
import { tinySource } from '../../support/tiny-source.js'

const { onnx, graph, calibration } = tinySource()
const inputs = new Map([
  [
    'x',
    { ...calibration.inputs.get('x')!, shape: [1, 4], data: calibration.inputs.get('x')!.data.slice(0, 4) },
  ],
])
const zeros = `0x${'00'.repeat(20)}`
const context = { chainId: 1n, verifier: zeros, requester: zeros, nonce: 0n }

let folder: string
let dir: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zkserve-test-'))
  dir = join(folder, 'bundle')
  await buildBundle(onnx, graph, calibration, dir, { bits: 6, output: 'logits', input: 'hashed' })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Takes the file out of the bundle, or puts another in, with a manifest that says so. */
function rewrite(content: Uint8Array | null): void {
  const { digest: _, ...manifest }: Manifest = JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8'))
  const { 'proving.quotient': __, ...rest } = manifest.files
  const path = join(dir, 'proving.quotient')
  rmSync(path, { force: true })
  if (content !== null) writeFileSync(path, content)
  const entry = content && { 'proving.quotient': { sha256: sha256(content), bytes: content.length } }
  writeFileSync(join(dir, 'manifest.json'), manifestText({ ...manifest, files: { ...rest, ...entry } }))
}

test('a build writes points for its key', async () => {
  const { manifest } = await loadBundle(dir)
  const points = readQuotientPoints(
    readFileSync(join(dir, 'proving.quotient')),
    manifest.files['proving.zkey'].sha256,
  )
  expect(points).toMatchObject({ wireCount: manifest.wires, publicCount: manifest.publicSignals.length })
})

describe.skipIf(runnableBuilds.length === 0)('the native prover', () => {
  async function prove(bundle: Bundle): Promise<void> {
    const prover: NativeProver = createNativeProver()
    await proveInference(bundle, prover, inputs, { context }).finally(() => prover.close())
  }
  const prepared = (): string[] => readdirSync(dir).filter((name) => name.includes('prepared'))

  test('takes them where they are, and does without in older bundles', async () => {
    await prove(await loadBundle(dir))
    expect(prepared()).toEqual([expect.stringMatching(/-quotient$/)])

    rmSync(join(dir, prepared()[0]!))
    const content = readFileSync(join(dir, 'proving.quotient'))
    rewrite(null)
    const older = await loadBundle(dir)
    expect((await readProvingFiles(older)).zkey.quotient).toBeUndefined()
    await prove(older)
    expect(prepared()).toEqual([expect.not.stringMatching(/-quotient$/)])
    rewrite(content)
  })

  test('refuses those of another key', async () => {
    const other = Uint8Array.from(readFileSync(join(dir, 'proving.quotient')))
    other[8]! ^= 1
    rewrite(other)
    await expect(prove(await loadBundle(dir))).rejects.toThrow(
      expect.objectContaining({ code: 'INVALID_KEY' }),
    )
  })
})
