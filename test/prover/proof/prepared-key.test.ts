import { beforeAll, expect, test } from 'vitest'
import type { ProofWithSignals } from '#prover/groth16.js'
import { type ParsedVerificationKey, parseVerificationKey } from '#prover/key/parse.js'
import { parseProof } from '#prover/proof/parse.js'
import { prepareKey } from '#prover/proof/prepared-key.js'
import { verifyParsed, verifyPrepared } from '#prover/proof/verify.js'
import { provenCircuit } from '../../support/proven-circuit.js'

let key: ParsedVerificationKey
let proven: ProofWithSignals
beforeAll(async () => {
  const circuit = await provenCircuit()
  key = parseVerificationKey(circuit.verificationKey)
  proven = circuit.proof
})

test('a prepared key judges any number of proofs, right and wrong ones by turns', () => {
  const prepared = prepareKey(key)
  const right = parseProof(proven)
  const wrong = { ...right, signals: right.signals.with(0, right.signals[0]! + 1n) }
  for (let round = 0; round < 3; round++) {
    expect(verifyPrepared(prepared, right)).toBe(true)
    expect(verifyPrepared(prepared, wrong)).toBe(false)
  }
})

test('keys prepared at the same time do not mix', () => {
  const [one, other] = [prepareKey(key), prepareKey({ ...key, gamma: key.beta })]
  const proof = parseProof(proven)
  expect(verifyPrepared(other, proof)).toBe(false)
  expect(verifyPrepared(one, proof)).toBe(true)
  expect(verifyParsed(key, proof)).toBe(true)
})
