import { join } from 'node:path'
import { expect, test } from 'vitest'
import { datasetRow } from '#circuits/data/dataset.js'
import { createSnarkjsProver } from '#prover/backends/snarkjs.js'
import { buildBundle } from '#prover/bundle/build.js'
import { loadBundle } from '#prover/bundle/load.js'
import type { ProofWithSignals } from '#prover/groth16.js'
import { proveInference } from '#prover/prove.js'
import type { Prover } from '#prover/prover.js'
import { g1Multiple } from '../support/curve-points.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { tinySource } from '../support/tiny-source.js'

const context = {
  chainId: 31337,
  verifier: `0x${'1'.repeat(40)}`,
  requester: `0x${'0'.repeat(40)}`,
  nonce: 5,
}

test('false proofs, as a damaged key or a faulty back end gives, do not leave', async () => {
  const { onnx, graph, calibration } = tinySource(3)
  const folder = join(temporaryFolder(), 'bundle')
  await buildBundle(onnx, graph, calibration, folder, { bits: 6, output: 'logits', input: 'hashed' })
  const bundle = await loadBundle(folder)
  const snarkjs = createSnarkjsProver({ singleThread: true })
  const row = datasetRow(calibration, 0)
  const honest = await proveInference(bundle, snarkjs, row, { context })
  await snarkjs.close()
  const changes: readonly ((proof: ProofWithSignals) => unknown)[] = [
    ({ proof, publicSignals }) => ({ proof: { ...proof, pi_a: g1Multiple(3n) }, publicSignals }),
    ({ proof, publicSignals }) => ({ proof: { ...proof, pi_a: ['1', '1', '1'] }, publicSignals }),
    ({ proof, publicSignals }) => ({ proof: { ...proof, pi_a: ['0', '0', '1'] }, publicSignals }),
    ({ proof, publicSignals }) => ({ proof: { ...proof, pi_c: ['0', '1', '0'] }, publicSignals }),
    ({ proof, publicSignals }) => ({ proof, publicSignals: publicSignals.with(0, '5') }),
    ({ proof, publicSignals }) => ({ proof, publicSignals: publicSignals.slice(1) }),
  ]
  for (const change of changes) {
    const prover: Prover = { ...snarkjs, prove: async () => change(honest) as ProofWithSignals }
    await expect(proveInference(bundle, prover, row, { context })).rejects.toThrow(
      expect.objectContaining({ code: 'PROVING_FAILED' }),
    )
  }
})
