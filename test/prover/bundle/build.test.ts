import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { InputMode } from '#circuits/analyse/account.js'
import { datasetRow } from '#circuits/data/dataset.js'
import { createSnarkjsProver } from '#prover/backends/snarkjs.js'
import { type BuildStage, buildBundle } from '#prover/bundle/build.js'
import { loadBundle } from '#prover/bundle/load.js'
import { proveInference } from '#prover/prove.js'
import type { Prover } from '#prover/prover.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { proofFileOf, verifyProofFile } from '#prover/verify.js'
import { type ModelSource, readProjectModel } from '#service/demo/project-models.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { tinySource } from '../../support/tiny-source.js'

const context = {
  chainId: 31337,
  verifier: `0x${'1'.repeat(40)}`,
  requester: `0x${'0'.repeat(40)}`,
  nonce: 5,
}
const code = (code: string) => expect.objectContaining({ code })

describe('a bundle of a convolutional network', () => {
  let source: ModelSource
  let prover: Prover
  beforeAll(async () => {
    source = await readProjectModel('digits-cnn')
    prover = createSnarkjsProver()
  })
  afterAll(() => prover.close())

  test.each<[InputMode, 'logits' | 'argmax', number]>([
    ['hashed', 'logits', 4],
    ['hashed', 'argmax', 3],
    ['public', 'logits', 6],
    ['public', 'argmax', 5],
  ])('with %s inputs and %s has %i public signals, proves and verifies', async (input, output, signals) => {
    const dir = join(temporaryFolder(), 'bundle')
    const { onnx, graph, calibration } = source
    const result = await buildBundle(onnx, graph, calibration, dir, { bits: 8, output, input })
    const bundle = await loadBundle(dir)
    const { constraints, publicSignals, wires } = bundle.manifest
    const r1cs = readR1cs(readFileSync(join(dir, 'circuit.r1cs')))
    expect([constraints.total, wires]).toEqual([r1cs.constraintCount, r1cs.wireCount])
    expect([result.constraints, result.publicSignals]).toEqual([constraints.total, signals])
    expect(publicSignals.length).toBe(signals)

    const row = datasetRow(source.test, 0)
    const proven = await proveInference(bundle, prover, row, { context })
    expect(proven.label).toBe(source.test.labels![0])
    expect(proven.publicSignals.length).toBe(signals)
    const file = proofFileOf(bundle, proven)
    const { integers, label } = proven
    expect(await verifyProofFile(bundle, file)).toMatchObject({ valid: true, claim: { integers, label } })
    for (let at = 0; at < signals; at++) {
      const changed = file.publicSignals.with(at, String(BigInt(file.publicSignals[at]!) + 1n))
      const { valid } = await verifyProofFile(bundle, { ...file, publicSignals: changed })
      expect(valid, `signal ${at}`).toBe(false)
    }
  })
})

const options = { bits: 8, output: 'logits', input: 'public' } as const

test('two builds of one model are equal byte for byte, but for the keys', async () => {
  const folder = temporaryFolder()
  const { onnx, graph, calibration } = tinySource()
  const results = []
  for (const name of ['a', 'b']) {
    results.push(await buildBundle(onnx, graph, calibration, join(folder, name), options))
  }
  const [a, b] = results as [(typeof results)[0], (typeof results)[0]]
  expect([a.modelHash, a.circuitHash]).toEqual([b.modelHash, b.circuitHash])
  expect(a.vkHash).not.toBe(b.vkHash)
  for (const name of [
    'model.onnx',
    'model.q.json',
    'circuit.circom',
    'circuit.r1cs',
    'circuit.wasm',
    'witness.plan',
    'report.json',
  ]) {
    expect(readFileSync(join(folder, 'a', name)).equals(readFileSync(join(folder, 'b', name))), name).toBe(
      true,
    )
  }
})

describe('a build', () => {
  const stages: readonly BuildStage[] = ['quantise', 'emit', 'compile', 'setup', 'write']

  test.each(stages)('that is cancelled during %s leaves nothing', async (stage) => {
    const folder = temporaryFolder()
    const { onnx, graph, calibration } = tinySource()
    const controller = new AbortController()
    const onProgress = (progress: { stage: BuildStage }) => {
      if (progress.stage === stage) setTimeout(() => controller.abort(), stage === 'compile' ? 100 : 0)
      if (progress.stage === stage && stage !== 'compile') controller.abort()
    }
    const { signal } = controller
    const building = buildBundle(onnx, graph, calibration, join(folder, 'bundle'), {
      ...options,
      onProgress,
      signal,
    })
    await expect(building).rejects.toThrow(code('CANCELLED'))
    expect(readdirSync(folder)).toEqual([])
  })

  test('reports its stages in order', async () => {
    const { onnx, graph, calibration } = tinySource()
    const seen: BuildStage[] = []
    await buildBundle(onnx, graph, calibration, join(temporaryFolder(), 'bundle'), {
      ...options,
      onProgress: ({ stage }) => void (seen.at(-1) === stage || seen.push(stage)),
    })
    expect(seen).toEqual(stages)
  })

  test('into a directory that holds something is refused before any work', async () => {
    const { onnx, graph, calibration } = tinySource()
    const seen: BuildStage[] = []
    const building = buildBundle(onnx, graph, calibration, import.meta.dirname, {
      ...options,
      onProgress: ({ stage }) => void seen.push(stage),
    })
    await expect(building).rejects.toThrow(code('BUNDLE_EXISTS'))
    expect(seen).toEqual([])
  })
})
