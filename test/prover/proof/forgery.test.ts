/**
 * The forgery of 2026: under a key whose δ is γ, (A, B, C) = (α, β, −vk_x) verifies for any public signals, since
 * e(vk_x, γ) · e(−vk_x, δ) = 1.
 */
import { curves, groth16 } from 'snarkjs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ProofWithSignals, VerificationKey } from '#prover/groth16.js'
import { lintVerificationKey } from '#prover/key/lint.js'
import { parseVerificationKey } from '#prover/key/parse.js'
import { parseProof } from '#prover/proof/parse.js'
import { verifyParsed, verifyProof } from '#prover/proof/verify.js'
import { g1Negate, signalPoint } from '../../support/curve-points.js'
import { provenCircuit } from '../../support/proven-circuit.js'

let good: VerificationKey
let bad: VerificationKey
beforeAll(async () => {
  good = (await provenCircuit()).verificationKey
  bad = { ...good, vk_delta_2: good.vk_gamma_2 }
})
afterAll(async () => (await curves.getCurveFromName('bn128')).terminate())

function forge(key: VerificationKey, publicSignals: string[]): ProofWithSignals {
  return {
    proof: {
      protocol: 'groth16',
      curve: 'bn128',
      pi_a: key.vk_alpha_1,
      pi_b: key.vk_beta_2,
      pi_c: g1Negate(signalPoint(key.IC, publicSignals)),
    },
    publicSignals,
  }
}

const statements = [
  ['1', '2', '3'],
  ['1000000', '5', '7'],
]

test.each(statements)(
  'forges %s, %s, %s under the bad key, with snarkjs and the bare equation',
  async (...signals) => {
    const forged = forge(bad, signals)
    expect(await groth16.verify(bad, signals, forged.proof)).toBe(true)
    expect(verifyParsed(parseVerificationKey(bad), parseProof(forged))).toBe(true)
  },
)

test.each(statements)('cannot forge %s, %s, %s under a good key', async (...signals) => {
  const forged = forge(good, signals)
  expect(await verifyProof(good, forged)).toBe(false)
  expect(await groth16.verify(good, signals, forged.proof)).toBe(false)
})

test('the bad key is refused before any proof is looked at', async () => {
  const refusal = expect.objectContaining({ code: 'INVALID_KEY', details: { rule: 'gamma-equals-delta' } })
  expect(() => lintVerificationKey(bad, { publicCount: 3 })).toThrow(refusal)
  await expect(verifyProof(bad, forge(bad, ['1', '2', '3']))).rejects.toThrow(refusal)
})
