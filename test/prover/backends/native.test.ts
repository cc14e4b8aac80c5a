import { beforeAll, describe, expect, test } from 'vitest'
import { createNativeProver } from '#prover/backends/native.js'
import { loadNativeAddon, type NativeBuild } from '#prover/backends/native-addon.js'
import { createSnarkjsProver } from '#prover/backends/snarkjs.js'
import { verifyProof } from '#prover/proof/verify.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { writeWitness } from '#prover/r1cs/witness.js'
import { developmentSetup } from '#prover/setup/development.js'
import { provenCircuit } from '../../support/proven-circuit.js'
import { writeR1cs } from '../../support/r1cs-writer.js'
import { randomCircuit } from '../../support/random-circuit.js'
import { RandomSource } from '../../support/random-source.js'

const builds: NativeBuild[] = ['portable', 'bmi2', 'ifma']
const fastest = loadNativeAddon('portable')?.fastest()
const runnable = builds.slice(0, fastest === undefined ? 0 : builds.indexOf(fastest) + 1)

let proven: Awaited<ReturnType<typeof provenCircuit>>
beforeAll(async () => {
  proven = await provenCircuit()
})

test('the compiler of this machine built the addon', () => {
  expect(fastest).toBeDefined()
})

describe.each(runnable)('the %s build', (build) => {
  test('proves what verifies, afresh each time, with the public signals of snarkjs', async () => {
    const snarkjs = createSnarkjsProver({ singleThread: true })
    const expected = await snarkjs.prove(proven)
    await snarkjs.close()
    const prover = createNativeProver({ build, threads: 2 })
    const proofs = await Promise.all([prover.prove(proven), prover.prove(proven)])
    for (const proof of proofs) {
      expect(await verifyProof(proven.verificationKey, proof)).toBe(true)
      expect(proof.publicSignals).toEqual(expected.publicSignals)
    }
    expect(proofs[0]!.proof).not.toEqual(proofs[1]!.proof)
    await prover.close()
    await expect(prover.prove(proven)).rejects.toThrow(expect.objectContaining({ code: 'PROVING_FAILED' }))
  })

  test('random circuits with values at the borders of the field: honest proofs verify, others do not', async () => {
    const random = new RandomSource(builds.indexOf(build) + 20)
    const prover = createNativeProver({ build, threads: 2 })
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

  test('an abort is seen before the work and inside it', async () => {
    const prover = createNativeProver({ build })
    const cancelled = expect.objectContaining({ code: 'CANCELLED' })
    await expect(prover.prove({ ...proven, signal: AbortSignal.abort() })).rejects.toThrow(cancelled)
    const controller = new AbortController()
    const running = prover.prove({ ...proven, signal: controller.signal })
    controller.abort()
    await expect(running).rejects.toThrow(cancelled)
    expect(await verifyProof(proven.verificationKey, await prover.prove(proven))).toBe(true)
  })

  test('cut keys are refused by code; changed keys and witnesses end in a proof or a code', async () => {
    const prover = createNativeProver({ build })
    const random = new RandomSource(7)
    const { zkey, witness } = proven
    const codes = ['INVALID_KEY', 'PROVING_FAILED']
    const attempt = async (request: { zkey: Uint8Array; witness: Uint8Array }) => {
      const proof = await prover.prove(request).catch((error: { code: string }) => error)
      if ('code' in proof) expect(codes).toContain(proof.code)
      return proof
    }
    for (let round = 0; round < 60; round++) {
      const cut = await attempt({ zkey: zkey.slice(0, random.below(zkey.length)), witness })
      expect(cut).toHaveProperty('code')
      const changed = zkey.slice()
      changed[random.below(Math.min(changed.length, 4000))]! ^= 1 << random.below(8)
      await attempt({ zkey: changed, witness })
      const other = witness.slice()
      other[76 + 32 + random.below(witness.length - 108)]! ^= 1 << random.below(8)
      await attempt({ zkey, witness: other })
    }
    await expect(prover.prove({ zkey, witness: zkey })).rejects.toThrow(
      expect.objectContaining({ code: 'PROVING_FAILED' }),
    )
  })
})

test('a byte in shared memory ends a proof', async () => {
  const prover = createNativeProver()
  const cancelled = new Uint8Array(new SharedArrayBuffer(1)).fill(1)
  await expect(prover.prove({ ...proven, cancelled })).rejects.toThrow(
    expect.objectContaining({ code: 'CANCELLED' }),
  )
})
