import { execFileSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildBundle } from '#prover/bundle/build.js'
import { sha256 } from '#prover/bundle/files.js'
import { loadBundle, readBundleFile } from '#prover/bundle/load.js'
import { bundleFiles, type Manifest, optionalFiles } from '#prover/bundle/manifest.js'
import { manifestText } from '#prover/bundle/manifest-text.js'
import { randomSource } from '../../support/random-graph.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { tinySource } from '../../support/tiny-source.js'

const allFiles = [...bundleFiles, ...optionalFiles, 'manifest.json']

let folder: string
/** Two bundles of one architecture. */
let dir: string
let other: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zkserve-test-'))
  dir = join(folder, 'bundle')
  other = join(folder, 'other')
  for (const [seed, target] of [dir, other].entries()) {
    const { onnx, graph, calibration } = tinySource(seed + 1)
    await buildBundle(onnx, graph, calibration, target, { bits: 6, output: 'logits', input: 'hashed' })
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A copy of the bundle, changed. */
function changed(change: (copy: string) => void): string {
  const copy = join(temporaryFolder(), 'copy')
  cpSync(dir, copy, { recursive: true })
  change(copy)
  return copy
}

async function expectRefused(
  copy: string,
  codes = /^(BUNDLE_CORRUPT|INVALID_KEY|INVALID_QMODEL)$/,
): Promise<void> {
  const error = await loadBundle(copy).then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toMatchObject({ name: 'ZkserveError', code: expect.stringMatching(codes) })
}

const readManifest = (copy: string): Manifest => JSON.parse(readFileSync(join(copy, 'manifest.json'), 'utf8'))

/** Writes a manifest with the digest that it should have. */
function writeManifest(copy: string, { digest: _, ...body }: Partial<Manifest>): void {
  writeFileSync(join(copy, 'manifest.json'), manifestText(body as Manifest))
}

/** Puts a file in place, and its hash into the manifest. */
function replaceFile(copy: string, name: (typeof bundleFiles)[number], bytes: Uint8Array): void {
  writeFileSync(join(copy, name), bytes)
  const manifest = readManifest(copy)
  const entry = { sha256: sha256(bytes), bytes: bytes.length }
  writeManifest(copy, { ...manifest, files: { ...manifest.files, [name]: entry } })
}

test('what is no regular file is not read: it could last for ever', async () => {
  for (const name of ['manifest.json', 'proving.zkey', 'model.q.json']) {
    for (const place of [
      (path: string) => mkdirSync(path),
      (path: string) => symlinkSync('/dev/zero', path),
      (path: string) => execFileSync('mkfifo', [path]),
    ]) {
      const copy = changed((folder) => {
        rmSync(join(folder, name))
        place(join(folder, name))
      })
      await expectRefused(copy, /^BUNDLE_(CORRUPT|NOT_FOUND)$/)
    }
  }
})

test('the bundles are sound', async () => {
  expect((await loadBundle(dir)).manifest.modelHash).not.toBe((await loadBundle(other)).manifest.modelHash)
})

describe.each(allFiles)('%s', (name) => {
  const random = randomSource(allFiles.indexOf(name) + 1)

  test('with one bit flipped is refused, wherever that is', async () => {
    const copy = changed(() => {})
    const path = join(copy, name)
    const bytes = readFileSync(path)
    const offsets = [0, 1, Math.floor(bytes.length / 2), bytes.length - 2, bytes.length - 1]
    for (let i = 0; i < 6; i++) offsets.push(Math.floor(random() * bytes.length))
    for (const offset of offsets.filter((at) => at >= 0 && at < bytes.length)) {
      const flipped = Uint8Array.from(bytes)
      flipped[offset]! ^= 1 << Math.floor(random() * 8)
      writeFileSync(path, flipped)
      await expectRefused(copy)
    }
    writeFileSync(path, bytes)
    await loadBundle(copy)
  })

  test('cut short, empty, longer or missing is refused', async () => {
    const path = (copy: string) => join(copy, name)
    const length = readFileSync(path(dir)).length
    await expectRefused(changed((copy) => truncateSync(path(copy), length - 1)))
    await expectRefused(changed((copy) => truncateSync(path(copy), 0)))
    await expectRefused(changed((copy) => writeFileSync(path(copy), '\n', { flag: 'a' })))
    const codes = name === 'manifest.json' ? /^BUNDLE_NOT_FOUND$/ : /^BUNDLE_CORRUPT$/
    await expectRefused(
      changed((copy) => rmSync(path(copy))),
      codes,
    )
  })

  test('of another bundle is refused', async () => {
    await expectRefused(changed((copy) => cpSync(join(other, name), join(copy, name))))
  })

  test('changed after loading is refused when it is read', async () => {
    if (name === 'manifest.json') return
    const copy = changed(() => {})
    const bundle = await loadBundle(copy)
    cpSync(join(other, name), join(copy, name))
    await expect(readBundleFile(bundle, name as (typeof bundleFiles)[number])).rejects.toThrow(
      expect.objectContaining({ code: 'BUNDLE_CORRUPT' }),
    )
  })
})

describe('a manifest', () => {
  const rewritten = (change: (text: string) => string) =>
    changed((copy) => {
      const path = join(copy, 'manifest.json')
      writeFileSync(path, change(readFileSync(path, 'utf8')))
    })

  test('laid out in another way is refused, even if it says the same', async () => {
    for (const change of [
      (text: string) => JSON.stringify(JSON.parse(text)),
      (text: string) => text.trimEnd(),
      (text: string) => ` ${text}`,
      (text: string) => text.replace('\n', '\r\n'),
      (text: string) => text.replace('"schema"', '"\\u0073chema"'),
      (text: string) => text.replace('{', '{\n  "schema": "zkserve/manifest/2",'),
      (text: string) => text.replace(/"wires": (\d+)/, '"wires": $1.0'),
      (text: string) =>
        `${JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text)).reverse()), null, 2)}\n`,
    ]) {
      await expectRefused(rewritten(change))
    }
  })

  test('that is no object is refused', async () => {
    for (const text of ['', 'null', '[]', '7', '"a"', '{}', '{"schema":"zkserve/manifest/2"}', '{', '\0']) {
      await expectRefused(rewritten(() => text))
    }
  })

  test('that lacks a part is refused, although its digest is right', async () => {
    const { digest: _, ...whole } = readManifest(dir)
    for (const key of Object.keys(whole)) {
      const { [key as keyof typeof whole]: __, ...rest } = whole
      await expectRefused(changed((copy) => writeManifest(copy, rest)))
      await expectRefused(changed((copy) => writeManifest(copy, { ...whole, [key]: null })))
      await expectRefused(changed((copy) => writeManifest(copy, { ...whole, [key]: [] })))
    }
    await expectRefused(changed((copy) => writeManifest(copy, { schema: 'zkserve/manifest/2' })))
  })

  test('that does not say what follows from its files is refused, although its digest is right', async () => {
    const manifest = readManifest(dir)
    const wrong = readManifest(other)
    const [first, ...signals] = manifest.publicSignals
    for (const changes of [
      { name: 'other' },
      { modelHash: wrong.modelHash },
      { circuitHash: wrong.circuitHash },
      { vkHash: wrong.vkHash },
      { files: wrong.files },
      { inputs: [{ ...manifest.inputs[0]!, scale: 1 }] },
      { outputs: [{ ...manifest.outputs[0]!, scale: 1 }] },
      { inputMode: 'public' as const },
      { publicSignals: signals },
      { publicSignals: [...signals, first!] },
      { publicSignals: [{ kind: 'output', first: 0, lanes: 2 } as const, ...signals] },
      { schema: 'zkserve/manifest/3' as 'zkserve/manifest/2' },
      { schema: 'zkserve/manifest/1' as 'zkserve/manifest/2' },
      { weights: 'committed' as const },
      { view: 'public' as 'owner' },
      { batch: 2 },
    ]) {
      await expectRefused(changed((copy) => writeManifest(copy, { ...manifest, ...changes })))
    }
  })
})

describe('files that the manifest vouches for, but that are not what they should be,', () => {
  const bytes = (text: string) => new TextEncoder().encode(text)

  test.each(['', 'null', '{}', '[]', '{"format":"zkserve/qmodel/1"}', '\0'])(
    'model.q.json as %j',
    async (text) => {
      await expectRefused(changed((copy) => replaceFile(copy, 'model.q.json', bytes(text))))
    },
  )

  test.each(['', 'null', '{}', '[]', '{"protocol":"groth16","curve":"bn128"}', '\0'])(
    'verification_key.json as %j',
    async (text) => {
      await expectRefused(changed((copy) => replaceFile(copy, 'verification_key.json', bytes(text))))
    },
  )

  test.each(
    bundleFiles.filter(
      (name) =>
        ![
          'model.onnx',
          'circuit.circom',
          'circuit.wasm',
          'witness.plan',
          'proving.zkey',
          'report.json',
        ].includes(name),
    ),
  )('%s of another model', async (name) => {
    await expectRefused(changed((copy) => replaceFile(copy, name, readFileSync(join(other, name)))))
  })
})

test('a directory without a manifest is no bundle', async () => {
  for (const path of [temporaryFolder(), join(folder, 'none'), join(dir, 'report.json')]) {
    await expectRefused(path, /^BUNDLE_NOT_FOUND$/)
  }
})
