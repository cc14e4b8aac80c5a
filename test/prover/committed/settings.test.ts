/** A version keeps the settings that its architecture was built with. */
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { stackedRows } from '#circuits/data/dataset.js'
import { createProver } from '#prover/backends/create-prover.js'
import { type BuildOptions, buildBundle } from '#prover/bundle/build.js'
import { commitBundle } from '#prover/bundle/commit.js'
import { loadBundle } from '#prover/bundle/load.js'
import { proveInference } from '#prover/prove.js'
import { proofFileOf, verifyProofFile } from '#prover/verify.js'
import { floatTensor } from '../../support/graph-builder.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { type TinySource, tinySource } from '../../support/tiny-source.js'

const context = {
  chainId: 31337,
  verifier: `0x${'11'.repeat(20)}`,
  requester: `0x${'00'.repeat(20)}`,
  nonce: 7n,
}

/** The source with pixels of a byte. */
function withBytes(source: TinySource): TinySource {
  const { shape, data } = source.calibration.inputs.get('x')!
  const bytes = floatTensor(
    shape,
    Array.from(data, (value) => Math.round(255 * value)),
  )
  return { ...source, calibration: { ...source.calibration, inputs: new Map([['x', bytes]]) } }
}

const raw = {
  normalisation: { factor: 1 / 255, mean: [0.4], deviation: [0.6] },
  inputGrid: { scale: 1, low: 0, bits: 8 },
} as const

const cases: readonly [string, Partial<BuildOptions>][] = [
  ['raw bytes, normalised, and a class', { ...raw, output: 'argmax', correctBias: true }],
  ['the best classes', { output: 'topk:2' }],
  ['flags of raw bytes, three rows a proof', { ...raw, output: 'threshold:-0.1', batch: 3 }],
  ['three rows a proof, in the open', { batch: 3, input: 'public' }],
]

test.each(cases)('a version keeps %s, and proves under the first set-up', async (_name, settings) => {
  const prepared = (source: TinySource) => ('normalisation' in settings ? withBytes(source) : source)
  const folder = temporaryFolder()
  const path = (name: string) => join(folder, name)
  const { onnx, graph, calibration } = prepared(tinySource(1))
  await buildBundle(onnx, graph, calibration, path('first'), {
    ...{ bits: 8, output: 'logits', input: 'hashed', weights: 'committed', minAgreement: 0.8 },
    ...settings,
  })
  const first = await loadBundle(path('first'))
  const later = prepared(tinySource(1, 0.05))
  await commitBundle(first, later.onnx, later.graph, later.calibration, path('second'))
  const second = await loadBundle(path('second'))

  const { inputs, outputs, batch, quantisation, files } = second.manifest
  const before = first.manifest
  expect([inputs, batch]).toEqual([before.inputs, before.batch])
  const unscaled = (all: typeof outputs) => all.map((output) => ({ ...output, scale: 0 }))
  expect(unscaled(outputs)).toEqual(unscaled(before.outputs))
  const { normalisation, output, bits, widths } = before.quantisation
  expect(quantisation).toMatchObject({ normalisation, output, bits, widths })
  expect(files['circuit.circom']).toEqual(before.files['circuit.circom'])
  expect(second.hidden!.weights).not.toEqual(first.hidden!.weights)

  const prover = createProver({ threads: 1 })
  onTestFinished(() => prover.close())
  const proven = await proveInference(second, prover, stackedRows(later.calibration, 0, batch), { context })
  const file = JSON.parse(JSON.stringify(proofFileOf(second, proven)))
  expect(await verifyProofFile(second, file)).toMatchObject({
    valid: true,
    claim: { integers: proven.integers, labels: proven.labels },
  })
  const { proof, publicSignals } = file
  expect(await verifyProofFile(first, { proof, publicSignals })).toMatchObject({ valid: false })
})
