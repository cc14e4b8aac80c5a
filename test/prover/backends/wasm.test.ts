import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSnarkjsProver } from '#prover/backends/snarkjs.js'
import { createWasmProver } from '#prover/backends/wasm.js'
import { verifyProof } from '#prover/proof/verify.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { writeWitness } from '#prover/r1cs/witness.js'
import { developmentSetup } from '#prover/setup/development.js'
import { provenCircuit } from '../../support/proven-circuit.js'
import { writeR1cs } from '../../support/r1cs-writer.js'
import { randomCircuit } from '../../support/random-circuit.js'
import { RandomSource } from '../../support/random-source.js'

const withCode = (code: string) => expect.objectContaining({ code })

let proven: Awaited<ReturnType<typeof provenCircuit>>
const prover = createWasmProver({ threads: 2, keys: 2 })
beforeAll(async () => {
  proven = await provenCircuit()
})
afterAll(() => prover.close())

test('proves what verifies, afresh each time, with the public signals of snarkjs', async () => {
  const snarkjs = createSnarkjsProver({ singleThread: true })
  const expected = await snarkjs.prove(proven)
  await snarkjs.close()
  const proofs = await Promise.all([prover.prove(proven), prover.prove(proven)])
  for (const proof of proofs) {
    expect(await verifyProof(proven.verificationKey, proof)).toBe(true)
    expect(proof.publicSignals).toEqual(expected.publicSignals)
    expect(Object.keys(proof.stages)).toEqual(Object.keys(proof.wall))
  }
  expect(proofs[0]!.proof).not.toEqual(proofs[1]!.proof)
})

test('random circuits with values at the borders of the field: honest proofs verify, others do not', async () => {
  const random = new RandomSource(31)
  for (let round = 0; round < 8; round++) {
    const { circuit, witness } = randomCircuit(random)
    const { zkey, verificationKey } = await developmentSetup(readR1cs(writeR1cs(circuit)))
    const proof = await prover.prove({ zkey, witness: writeWitness(witness) })
    expect(await verifyProof(verificationKey, proof), `round ${round}`).toBe(true)
    const last = witness.length - 1
    const changed = witness.with(last, witness[last]! + (witness[last] === 0n ? 1n : -1n))
    const dishonest = await prover.prove({ zkey, witness: writeWitness(changed) })
    expect(await verifyProof(verificationKey, dishonest), `round ${round}`).toBe(false)
  }
})

test('a cancelled proof ends, and the others that wait for the key are made', async () => {
  await expect(prover.prove({ ...proven, signal: AbortSignal.abort() })).rejects.toThrow(
    withCode('CANCELLED'),
  )
  const controller = new AbortController()
  const running = prover.prove({ ...proven, signal: controller.signal })
  const waiting = prover.prove(proven)
  controller.abort()
  await expect(running).rejects.toThrow(withCode('CANCELLED'))
  expect(await verifyProof(proven.verificationKey, await waiting)).toBe(true)
  const cancelled = new Uint8Array(new SharedArrayBuffer(1)).fill(1)
  await expect(prover.prove({ ...proven, cancelled })).rejects.toThrow(withCode('CANCELLED'))
})

test('cut keys are refused by code; changed keys and witnesses end in a proof or a code', async () => {
  const random = new RandomSource(7)
  const { zkey, witness } = proven
  const attempt = async (request: { zkey: Uint8Array; witness: Uint8Array }) => {
    const proof = await prover.prove(request).catch((error: { code: string }) => error)
    if ('code' in proof) expect(['INVALID_KEY', 'PROVING_FAILED']).toContain(proof.code)
    return proof
  }
  for (let round = 0; round < 10; round++) {
    const cut = await attempt({ zkey: zkey.slice(0, random.below(zkey.length)), witness })
    expect(cut).toHaveProperty('code')
    const changed = zkey.slice()
    changed[random.below(Math.min(changed.length, 4000))]! ^= 1 << random.below(8)
    await attempt({ zkey: changed, witness })
    const other = witness.slice()
    other[76 + 32 + random.below(witness.length - 108)]! ^= 1 << random.below(8)
    await attempt({ zkey, witness: other })
  }
  await expect(prover.prove({ zkey, witness: zkey })).rejects.toThrow(withCode('PROVING_FAILED'))
  await expect(prover.prove({ zkey, witness: writeWitness([1n, 2n]) })).rejects.toThrow(
    withCode('PROVING_FAILED'),
  )
})

test('a closed prover refuses, ends what runs, and keeps no thread', async () => {
  const other = createWasmProver({ threads: 3 })
  await other.prove(proven)
  const running = other.prove(proven)
  const loading = other.prove({ ...proven, zkey: proven.zkey.slice() })
  const refused = Promise.all(
    [running, loading].map((proof) => expect(proof).rejects.toThrow(withCode('PROVING_FAILED'))),
  )
  await other.close()
  await refused
  await expect(other.prove(proven)).rejects.toThrow(withCode('PROVING_FAILED'))
})
