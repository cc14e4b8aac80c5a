import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '#circuits/paths.js'
import { loadNativeAddon } from '#prover/backends/native-addon.js'
import { readWitness } from '#prover/r1cs/witness.js'
import { provenCircuit } from '../support/proven-circuit.js'

const addon = loadNativeAddon('portable')

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zkserve-test-'))
  const { zkey, witness } = await provenCircuit()
  writeFileSync(join(folder, 'key'), zkey)
  writeFileSync(join(folder, 'values'), readWitness(witness))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Starts proofs on a thread that never hears of their end, and ends it. */
const program = `
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads')
const { readFileSync } = require('node:fs')
if (isMainThread) {
  const [addon, folder] = process.argv.slice(2)
  const worker = new Worker(__filename, { workerData: { addon, folder } })
  worker.once('message', () => worker.terminate().then(() => console.log('alive')))
} else {
  const { addon, folder } = workerData
  const key = new (require(addon).ProvingKey)(readFileSync(folder + '/key'))
  const values = new Uint8Array(readFileSync(folder + '/values'))
  for (let i = 0; i < 3; i++) key.prove(values, 1, new Uint8Array(1))
  parentPort.postMessage('started')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}
`

/** A cancelled job ends its thread; the answer of the native prover then met no JavaScript, and ended the service. */
test.skipIf(addon === null)('a thread that is ended during native proofs leaves the process alive', () => {
  const build = addon!.fastest()
  const path = join(packageRoot, 'prover', 'native', 'build', 'Release', `${build}.node`)
  writeFileSync(join(folder, 'end.cjs'), program)
  const { stdout, signal, status } = spawnSync(process.execPath, [join(folder, 'end.cjs'), path, folder], {
    encoding: 'utf8',
    timeout: 30_000,
  })
  expect({ stdout, signal, status }).toEqual({ stdout: 'alive\n', signal: null, status: 0 })
})
