import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { datasetRow } from '#circuits/data/dataset.js'
import { createSnarkjsProver } from '#prover/backends/snarkjs.js'
import { buildBundle } from '#prover/bundle/build.js'
import { loadBundle } from '#prover/bundle/load.js'
import { evaluate } from '#prover/inference/evaluate.js'
import { proveInference } from '#prover/prove.js'
import { proofFileOf, verifyProofFile } from '#prover/verify.js'
import { readProjectModel } from '#service/demo/project-models.js'
import { isRelease } from '../../support/release.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const binding = { chainId: 1, verifier: `0x${'2'.repeat(40)}`, requester: `0x${'0'.repeat(40)}`, nonce: 7 }
/** Milliseconds: the generator's set-up beside other work on two cores. */
const timeout = 400_000
const settings = { bits: 8, calibrationMethod: 'auto', correctBias: true, input: 'hashed' } as const

describe.each([
  ['crop-risk', 'threshold:0.5', 1_000],
  ['crop-risk', 'logits', 1_000],
  ['breast-cancer', 'logits', 1_000],
  ['breast-cancer', 'topk:1', 1_000],
  ['digit-generator', 'logits', 42_000],
] as const)('%s with %s', (name, output, mostConstraints) => {
  // The generator alone takes three quarters of the time; its proofs are among the fixtures of the contracts too.
  test.runIf(isRelease || name !== 'digit-generator')(
    'builds, proves and verifies, as accurate as the float model',
    { timeout },
    async () => {
      const { onnx, graph, calibration, test: rows } = await readProjectModel(name)
      const dir = join(temporaryFolder(), name)
      const { constraints } = await buildBundle(onnx, graph, calibration, dir, { ...settings, output })
      expect(constraints).toBeLessThan(mostConstraints)
      const bundle = await loadBundle(dir)
      expect(bundle.manifest.quantisation).toMatchObject({ output, ranges: expect.any(String) })

      const { floatAccuracy, integerAccuracy, agreement, outputs } = evaluate(graph, bundle.model, rows)
      if (agreement === null) expect(outputs[0]!.relativeError).toBeLessThan(0.01)
      else {
        // One row of 200 is half a point.
        expect(floatAccuracy! - integerAccuracy!).toBeLessThanOrEqual(Math.max(0.003, 1 / rows.count))
        expect(agreement).toBeGreaterThanOrEqual(0.99)
      }

      const prover = createSnarkjsProver()
      try {
        const proven = await proveInference(bundle, prover, datasetRow(rows, 0), { context: binding })
        const { valid, ...rest } = await verifyProofFile(bundle, proofFileOf(bundle, proven))
        expect(valid).toBe(true)
        expect(rest).toMatchObject({ claim: { integers: proven.integers, label: proven.label } })
      } finally {
        await prover.close()
      }
    },
  )
})
