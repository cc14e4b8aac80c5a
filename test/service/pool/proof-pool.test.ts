import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { loadBundle } from '#prover/bundle/load.js'
import { verifyProof } from '#prover/proof/verify.js'
import type { JobStage } from '#service/jobs/job.js'
import type { ProofTask } from '#service/pool/messages.js'
import { ProofPool, type ProofPoolOptions } from '#service/pool/proof-pool.js'
import { bearer } from '#service/proof-binding.js'
import { pairBundle } from '../support/bundles.js'

let task: ProofTask
const pools: ProofPool[] = []
const folders: string[] = []

beforeAll(async () => {
  const dir = await pairBundle()
  const { manifest } = await loadBundle(dir)
  const data = Float32Array.of(0.1, 0.5, 0.9)
  const inputs = new Map(manifest.inputs.map(({ name, shape }) => [name, { shape, data }]))
  const context = { chainId: 1n, verifier: bearer, requester: bearer, nonce: 5n }
  task = { dir, vkHash: manifest.vkHash, inputs, context }
})

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()))
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

function poolOf(options: Partial<ProofPoolOptions> = {}): ProofPool {
  const pool = new ProofPool({ concurrency: 1, keyCache: 2, proofTimeout: 60_000, ...options })
  pools.push(pool)
  return pool
}

function start(pool: ProofPool, given: ProofTask = task) {
  const controller = new AbortController()
  const stages: JobStage[] = []
  let began = () => {}
  const running = new Promise<void>((resolve) => {
    began = resolve
  })
  const onStage = (stage: JobStage) => {
    stages.push(stage)
    began()
  }
  const proof = pool.run(given, { signal: controller.signal, onStage })
  proof.catch(() => {})
  return { proof, controller, stages, running }
}

test('proofs come back verified, with their stages, from a thread that keeps the keys', async () => {
  const pool = poolOf()
  const first = start(pool)
  const proven = await first.proof
  expect(first.stages).toEqual(['load', 'witness', 'prove', 'verify'])
  const { verificationKey } = await loadBundle(task.dir)
  expect(await verifyProof(verificationKey, proven)).toBe(true)
  expect(proven.context).toEqual(task.context)
  const again = await start(pool).proof
  expect(again.integers).toEqual(proven.integers)
  expect(pool.running).toBe(0)
})

test('more proofs than threads are all made, one after another', async () => {
  const pool = poolOf()
  const proofs = [start(pool), start(pool), start(pool)]
  expect(pool.running).toBe(3)
  for (const { proof } of proofs) expect((await proof).backend).toMatch(/^(native|wasm|snarkjs)$/)
})

test('times count from the creation of the job, however long it waited before', async () => {
  const options = { signal: new AbortController().signal, onStage: () => {} }
  const { timings } = await poolOf().run(task, options, 1e6)
  expect(timings.queue).toBeGreaterThanOrEqual(1e6)
  expect(timings.whole).toBeGreaterThanOrEqual(timings.queue + timings.prove)
})

test('cancelling ends a running proof and a waiting one; the next is made', async () => {
  const pool = poolOf()
  const running = start(pool)
  const waiting = start(pool)
  await running.running
  const begun = performance.now()
  waiting.controller.abort()
  await expect(waiting.proof).rejects.toMatchObject({ code: 'CANCELLED' })
  running.controller.abort()
  await expect(running.proof).rejects.toMatchObject({ code: 'CANCELLED' })
  expect(performance.now() - begun).toBeLessThan(5000)
  expect(waiting.stages).toEqual([])
  expect((await start(pool).proof).backend).toMatch(/^(native|wasm|snarkjs)$/)
})

test('a signal that is aborted already makes no proof', async () => {
  const pool = poolOf()
  const proof = pool.run(task, { signal: AbortSignal.abort(), onStage: () => {} })
  await expect(proof).rejects.toMatchObject({ code: 'CANCELLED' })
})

test('a proof that takes too long ends with TIMEOUT', async () => {
  const pool = poolOf({ proofTimeout: 5 })
  await expect(start(pool).proof).rejects.toMatchObject({ code: 'TIMEOUT' })
  expect(pool.running).toBe(0)
})

test('errors of the thread keep their code: a bundle damaged after it was loaded', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'zkserve-pool-'))
  folders.push(folder)
  cpSync(task.dir, folder, { recursive: true })
  writeFileSync(join(folder, 'witness.plan'), 'no plan')
  const pool = poolOf()
  const given = { ...task, dir: folder }
  await expect(start(pool, given).proof).rejects.toMatchObject({ code: 'BUNDLE_CORRUPT' })
  const other = { ...task, vkHash: `0x${'0'.repeat(64)}` }
  await expect(start(pool, other).proof).rejects.toMatchObject({ code: 'BUNDLE_CORRUPT' })
  expect((await start(pool).proof).backend).toMatch(/^(native|wasm|snarkjs)$/)
})

test('threads that cannot start fail their proofs, and later ones get new threads', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'zkserve-pool-'))
  folders.push(folder)
  const program = join(folder, 'program.mjs')
  writeFileSync(program, 'throw new Error("no such library")')
  const pool = poolOf({ program })
  const failing = [start(pool), start(pool)]
  for (const { proof } of failing) await expect(proof).rejects.toMatchObject({ code: 'PROVING_FAILED' })
  writeFileSync(
    program,
    "export default () => ({ error: { code: 'TIMEOUT', message: 'x', hints: [], details: {} } })",
  )
  await expect(start(pool).proof).rejects.toMatchObject({ code: 'TIMEOUT' })
})

test('closing cancels proofs, running and waiting, and refuses new ones', async () => {
  const pool = poolOf()
  const running = start(pool)
  const waiting = start(pool)
  await running.running
  const closed = pool.close()
  for (const { proof } of [running, waiting, start(pool)])
    await expect(proof).rejects.toMatchObject({ code: 'CANCELLED' })
  await closed
})
