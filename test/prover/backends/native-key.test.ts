import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { beforeAll, describe, expect, test } from 'vitest'
import { packageRoot } from '#circuits/paths.js'
import { createNativeProver } from '#prover/backends/native.js'
import { loadNativeAddon, type NativeKey } from '#prover/backends/native-addon.js'
import { sha256 } from '#prover/bundle/files.js'
import { verifyProof } from '#prover/proof/verify.js'
import { readWitness } from '#prover/r1cs/witness.js'
import { runnableBuilds } from '../../support/native-builds.js'
import { forgedKey, sectionsAt, xxh64 } from '../../support/prepared-key.js'
import { provenCircuit } from '../../support/proven-circuit.js'
import { RandomSource } from '../../support/random-source.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

let proven: Awaited<ReturnType<typeof provenCircuit>>
let values: Uint8Array
beforeAll(async () => {
  proven = await provenCircuit()
  values = readWitness(proven.witness)
})

/** A folder with the key, as a bundle has it. */
function keyOnDisk(build: (typeof runnableBuilds)[number]) {
  const folder = temporaryFolder()
  const path = join(folder, 'proving.zkey')
  writeFileSync(path, proven.zkey)
  const zkey = { path, sha256: sha256(proven.zkey) }
  const addon = loadNativeAddon(build)!
  const prepared = join(folder, `proving.prepared-${addon.form}`)
  const files = { zkey: path, sha256: zkey.sha256, prepared }
  const write = (bytes: Uint8Array) => {
    rmSync(prepared, { force: true })
    writeFileSync(prepared, bytes)
  }
  return { folder, zkey, addon, prepared, files, write }
}

async function proveBy(key: NativeKey): Promise<void> {
  await key.prove(values, 2, new Uint8Array(1)).catch((error: { code: string }) => {
    expect(['INVALID_KEY', 'FAILED']).toContain(error.code)
  })
  key.release()
}

test('the checksum is XXH64', () => {
  expect(xxh64(new Uint8Array(0))).toBe(0xef46db3751d8e999n)
})

describe.each(runnableBuilds)('the %s build', (build) => {
  test('prepares a key once, and opens it afterwards without the zkey', async () => {
    const { folder, zkey, prepared } = keyOnDisk(build)
    for (let round = 0; round < 2; round++) {
      const prover = createNativeProver({ build, threads: 2 })
      const progress = new Int32Array(1)
      const proof = await prover.prove({ zkey, witness: proven.witness, progress })
      expect(await verifyProof(proven.verificationKey, proof)).toBe(true)
      expect(progress[0]).toBe(1000)
      await prover.close()
      rmSync(zkey.path, { force: true })
      expect(readdirSync(folder)).toEqual([prepared.slice(folder.length + 1)])
    }
    expect(statSync(prepared).mode & 0o777).toBe(0o444)
  })

  test('refuses a zkey with another hash, and leaves nothing behind', async () => {
    const { folder, zkey, prepared } = keyOnDisk(build)
    const prover = createNativeProver({ build })
    const invalid = expect.objectContaining({ code: 'INVALID_KEY' })
    const other = { ...zkey, sha256: '0'.repeat(64) }
    await expect(prover.prove({ zkey: other, witness: proven.witness })).rejects.toThrow(invalid)
    expect(readdirSync(folder)).toEqual(['proving.zkey'])
    await prover.prove({ zkey, witness: proven.witness })
    // The prepared form of this key does not serve for another one.
    await expect(prover.prove({ zkey: other, witness: proven.witness })).rejects.toThrow(invalid)
    const missing = { path: join(folder, 'none.zkey'), sha256: zkey.sha256 }
    await expect(prover.prove({ zkey: missing, witness: proven.witness })).rejects.toThrow(invalid)
    expect(readdirSync(folder).sort()).toEqual([prepared.slice(folder.length + 1), 'proving.zkey'])
    await prover.close()
  })

  test('makes damaged, cut, lengthened and foreign prepared keys again', async () => {
    const { addon, prepared, files, write } = keyOnDisk(build)
    ;(await addon.ProvingKey.prepare(files)).release()
    const good = readFileSync(prepared)
    const flipped = (at: number) => good.map((byte, i) => (i === at ? byte ^ 1 : byte))
    const bad = [
      new Uint8Array(0),
      ...[1, 8, 100, sectionsAt - 1, sectionsAt, sectionsAt + 1, good.length - 1].map((end) =>
        good.subarray(0, end),
      ),
      Buffer.concat([good, new Uint8Array(64)]),
      ...[0, 8, 12, 16, 24, 32, 64, 96, 100, 104, 108, 128, 576, sectionsAt, good.length - 65].map(flipped),
    ]
    for (const bytes of bad) {
      write(bytes)
      expect(await addon.ProvingKey.open(files)).toBeNull()
    }
    const prover = createNativeProver({ build })
    const proof = await prover.prove({
      zkey: { path: files.zkey, sha256: files.sha256 },
      witness: proven.witness,
    })
    expect(await verifyProof(proven.verificationKey, proof)).toBe(true)
    await prover.close()
    expect(readFileSync(prepared).equals(good)).toBe(true)
  })

  test('survives forged prepared keys whose checksum is right', async () => {
    const { addon, prepared, files, write } = keyOnDisk(build)
    ;(await addon.ProvingKey.prepare(files)).release()
    const good = readFileSync(prepared)
    const attempt = async (change: (bytes: DataView) => void) => {
      write(forgedKey(good, change))
      const key = await addon.ProvingKey.open(files)
      if (key !== null) await proveBy(key)
      return key !== null
    }
    expect(await attempt(() => undefined)).toBe(true)
    // Magic to size, then the sizes, which all must be what the length bears out.
    for (const at of [0, 4, 8, 12, 16, 20, 96, 100, 104, 108, 112, 116, 120, 124]) {
      const before = new DataView(good.buffer, good.byteOffset).getUint32(at, true)
      for (const value of [0, 1, before - 1, before + 1, before ^ 0x80000000, 0x7fffffff, 0xffffffff]) {
        if (value >>> 0 === before) continue
        // Lanes of another width, and one public signal more or less, can have the same length: wrong proofs, no harm.
        const accepted = await attempt((bytes) => bytes.setUint32(at, value, true))
        if (at !== 12 && at !== 100) expect(accepted, `${value} at ${at}`).toBe(false)
      }
    }
    const random = new RandomSource(31)
    for (let round = 0; round < 150; round++) {
      const at = sectionsAt + 4 * random.below((good.length - sectionsAt) / 4)
      const value = random.pick([0xffffffff, 0x80000000, 0x7fffffff, 1, random.below(2 ** 32)])
      await attempt((bytes) => bytes.setUint32(at, value, true))
    }
    for (let at = sectionsAt; at < good.length; at += 32) {
      await attempt((bytes) => {
        for (let i = 0; i < 32; i += 4) bytes.setUint32(at + i, 0xffffffff, true)
      })
    }
  })

  test('keeps the key in memory where no file can be written', async () => {
    const { folder, addon, files } = keyOnDisk(build)
    const away = { ...files, prepared: join(folder, 'no', 'such', 'folder') }
    expect(await addon.ProvingKey.open(away)).toBeNull()
    await proveBy(await addon.ProvingKey.prepare(away))
    mkdirSync(files.prepared)
    await proveBy(await addon.ProvingKey.prepare(files))
    expect(readdirSync(folder).sort()).toEqual([files.prepared.slice(folder.length + 1), 'proving.zkey'])
  })

  test('takes no prepared key through a link, nor one that anybody may write', async () => {
    const { folder, addon, prepared, files } = keyOnDisk(build)
    ;(await addon.ProvingKey.prepare(files)).release()
    const other = join(folder, 'elsewhere')
    linkSync(prepared, other)
    rmSync(prepared)
    symlinkSync(other, prepared)
    expect(await addon.ProvingKey.open(files)).toBeNull()
    rmSync(prepared)
    linkSync(other, prepared)
    chmodSync(prepared, 0o666)
    expect(await addon.ProvingKey.open(files)).toBeNull()
    chmodSync(prepared, 0o644)
    ;(await addon.ProvingKey.open(files))!.release()
  })

  test('threads share a key, and the last used ones stay loaded', async () => {
    const { zkey, addon, files } = keyOnDisk(build)
    const before = addon.loadedKeys().count
    const prover = createNativeProver({ build, keys: 2 })
    await prover.prove({ zkey, witness: proven.witness })
    const worker = new Worker(
      `const { workerData, parentPort } = require('node:worker_threads')
       const { ProvingKey, loadedKeys } = require(workerData.path)
       ProvingKey.open(workerData.files).then((key) => parentPort.postMessage([key !== null, loadedKeys().count]))`,
      {
        eval: true,
        workerData: {
          files,
          path: join(packageRoot, 'prover', 'native', 'build', 'Release', `${build}.node`),
        },
      },
    )
    expect((await once(worker, 'message'))[0]).toEqual([true, before + 1])
    await worker.terminate()
    for (let i = 0; i < 3; i++) await prover.prove({ zkey: proven.zkey.slice(), witness: proven.witness })
    expect(addon.loadedKeys().count).toBe(before + 2)
    await prover.close()
    expect(addon.loadedKeys().count).toBe(before)
  })

  test('a released key proves no more, but ends the proofs that it has begun', async () => {
    const { addon, files } = keyOnDisk(build)
    const key = await addon.ProvingKey.prepare(files)
    const running = key.prove(values, 1, new Uint8Array(1))
    key.release()
    expect((await running).proof.length).toBe(256)
    expect(() => key.prove(values, 1, new Uint8Array(1))).toThrow('released')
  })
})

/** A process that prepares a key as soon as it is told. */
const program = `
const [addon, files] = process.argv.slice(1)
const { ProvingKey } = require(addon)
process.stdin.once('data', async () => {
  const key = await ProvingKey.prepare(JSON.parse(files))
  console.log(key.signals)
  process.exit()
})
console.log('ready')
`

test.skipIf(runnableBuilds.length === 0)(
  'processes that prepare a key at once leave one whole file',
  async () => {
    const { folder, addon, prepared, files } = keyOnDisk('portable')
    const path = join(packageRoot, 'prover', 'native', 'build', 'Release', 'portable.node')
    const children = Array.from({ length: 3 }, () =>
      spawn(process.execPath, ['-e', program, path, JSON.stringify(files)]),
    )
    const outputs = children.map(({ stdout }) => stdout.setEncoding('utf8')[Symbol.asyncIterator]())
    await Promise.all(outputs.map((output) => output.next()))
    for (const { stdin } of children) stdin.end('go')
    const answers = await Promise.all(outputs.map(async (output) => (await output.next()).value))
    expect(answers).toEqual(Array(3).fill(`${values.length / 32}\n`))
    expect(readdirSync(folder).sort()).toEqual([prepared.slice(folder.length + 1), 'proving.zkey'])
    await proveBy((await addon.ProvingKey.open(files))!)
  },
)
