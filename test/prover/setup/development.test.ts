import { groth16, zKey } from 'snarkjs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSnarkjsProver } from '#prover/backends/snarkjs.js'
import { lintVerificationKey } from '#prover/key/lint.js'
import { verifyProof } from '#prover/proof/verify.js'
import type { Prover } from '#prover/prover.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { writeWitness } from '#prover/r1cs/witness.js'
import { developmentSetup, type SetupProgress } from '#prover/setup/development.js'
import { compileCircom } from '../../support/compile-circom.js'
import { writeR1cs } from '../../support/r1cs-writer.js'
import { randomCircuit } from '../../support/random-circuit.js'
import { RandomSource } from '../../support/random-source.js'

let prover: Prover
beforeAll(() => {
  prover = createSnarkjsProver()
})
afterAll(() => prover.close())

const power = compileCircom(`pragma circom 2.1.6;
  template Power(n) {
    signal input base;
    signal input context;
    signal output result;
    signal step[n + 1];
    step[0] <== base;
    for (var i = 0; i < n; i++) step[i + 1] <== step[i] * (step[i] + 3 * base - 1);
    result <== step[n];
  }
  component main {public [context]} = Power(9);`)

test('snarkjs proves and verifies with the keys of a circom circuit', async () => {
  const { zkey, verificationKey } = await developmentSetup(readR1cs(power.r1cs))
  const proof = await prover.prove({ zkey, witness: await power.witness({ base: 5, context: 77 }) })
  expect(await groth16.verify(verificationKey, proof.publicSignals, proof.proof)).toBe(true)
  expect(await verifyProof(verificationKey, proof)).toBe(true)
  expect(proof.publicSignals[1]).toBe('77')
  const changed = { ...proof, publicSignals: [proof.publicSignals[0]!, '78'] }
  expect(await verifyProof(verificationKey, changed)).toBe(false)
  expect(await groth16.verify(verificationKey, changed.publicSignals, changed.proof)).toBe(false)
})

test('snarkjs exports the same verifying key from the zkey', async () => {
  const { zkey, verificationKey } = await developmentSetup(readR1cs(power.r1cs))
  expect(await zKey.exportVerificationKey(zkey)).toEqual(verificationKey)
  lintVerificationKey(verificationKey, { publicCount: 2 })
})

test('random circuits: honest proofs verify, and only for their signals', async () => {
  const random = new RandomSource(8)
  for (let round = 0; round < 25; round++) {
    const { circuit, witness } = randomCircuit(random)
    const { zkey, verificationKey } = await developmentSetup(readR1cs(writeR1cs(circuit)))
    const proof = await prover.prove({ zkey, witness: writeWitness(witness) })
    expect(await verifyProof(verificationKey, proof), `round ${round}`).toBe(true)
    for (const index of proof.publicSignals.keys()) {
      const publicSignals = proof.publicSignals.with(index, proof.publicSignals[index] === '1' ? '2' : '1')
      expect(await verifyProof(verificationKey, { ...proof, publicSignals })).toBe(false)
    }
  }
})

test('a proof of an unsatisfied witness does not verify', async () => {
  const { circuit, witness } = randomCircuit(new RandomSource(9))
  const { zkey, verificationKey } = await developmentSetup(readR1cs(writeR1cs(circuit)))
  const last = witness.length - 1
  const proof = await prover.prove({ zkey, witness: writeWitness(witness.with(last, witness[last]! + 1n)) })
  expect(await verifyProof(verificationKey, proof)).toBe(false)
})

test('every set-up draws new secrets; the same source gives the same key', async () => {
  const r1cs = readR1cs(power.r1cs)
  const [first, second] = [await developmentSetup(r1cs), await developmentSetup(r1cs)]
  expect(first.verificationKey.vk_alpha_1).not.toEqual(second.verificationKey.vk_alpha_1)
  expect(first.verificationKey.vk_delta_2).not.toEqual(second.verificationKey.vk_delta_2)
  const seeded = () => developmentSetup(r1cs, { random: new RandomSource(10).fill })
  expect((await seeded()).zkey).toEqual((await seeded()).zkey)
})

test('reports progress up to the last point', async () => {
  const seen: SetupProgress[] = []
  await developmentSetup(readR1cs(power.r1cs), { onProgress: (progress) => seen.push(progress) })
  expect([...new Set(seen.map(({ stage }) => stage))]).toEqual(['scalars', 'points', 'key'])
  for (const stage of ['scalars', 'points', 'key']) {
    const last = seen.findLast((progress) => progress.stage === stage)!
    expect(last.done).toBe(last.total)
  }
})

test('stops when it is aborted, before and in between', async () => {
  const r1cs = readR1cs(power.r1cs)
  const refusal = expect.objectContaining({ code: 'CANCELLED' })
  await expect(developmentSetup(r1cs, { signal: AbortSignal.abort() })).rejects.toThrow(refusal)
  const controller = new AbortController()
  const onProgress = ({ stage }: SetupProgress) => stage === 'points' && controller.abort()
  await expect(developmentSetup(r1cs, { signal: controller.signal, onProgress })).rejects.toThrow(refusal)
})

test('refuses a circuit without constraints', async () => {
  const r1cs = readR1cs(
    writeR1cs({ wireCount: 2, outputCount: 0, publicInputCount: 1, privateInputCount: 0, constraints: [] }),
  )
  await expect(developmentSetup(r1cs)).rejects.toThrow(expect.objectContaining({ code: 'INVALID_CIRCUIT' }))
})
