import { beforeAll, expect, test } from 'vitest'
import { createSnarkjsProver } from '#prover/backends/snarkjs.js'
import { verifyProof } from '#prover/proof/verify.js'
import { provenCircuit } from '../../support/proven-circuit.js'

let proven: Awaited<ReturnType<typeof provenCircuit>>
beforeAll(async () => {
  proven = await provenCircuit()
})

const engine = () => (globalThis as { curve_bn128?: unknown }).curve_bn128

test.each([true, false])(
  'proves, side by side and from Buffers, with singleThread %s',
  async (singleThread) => {
    const { zkey, witness, verificationKey } = proven
    const prover = createSnarkjsProver({ singleThread })
    const proofs = await Promise.all([
      prover.prove({ zkey, witness }),
      prover.prove({ zkey: Buffer.from(zkey), witness: Buffer.from(witness) }),
    ])
    for (const proof of proofs) expect(await verifyProof(verificationKey, proof)).toBe(true)
    expect(proofs[0]?.proof.pi_a).not.toEqual(proofs[1]?.proof.pi_a)
    await prover.close()
  },
)

test('close waits for the proof that runs, then ends snarkjs’ engine', async () => {
  const prover = createSnarkjsProver()
  const running = prover.prove(proven)
  await prover.close()
  expect(await verifyProof(proven.verificationKey, await running)).toBe(true)
  expect(engine()).toBeNull()
  await prover.close()
  await expect(prover.prove(proven)).rejects.toThrow(expect.objectContaining({ code: 'PROVING_FAILED' }))
})

test('one back end that closes leaves the others working', async () => {
  const [first, second] = [createSnarkjsProver(), createSnarkjsProver()]
  await first.prove(proven)
  await first.close()
  expect(await verifyProof(proven.verificationKey, await second.prove(proven))).toBe(true)
  await second.close()
  expect(engine()).toBeNull()
})

test('an abort is seen before the work and while waiting for it', async () => {
  const prover = createSnarkjsProver({ singleThread: true })
  const cancelled = expect.objectContaining({ code: 'CANCELLED' })
  await expect(prover.prove({ ...proven, signal: AbortSignal.abort() })).rejects.toThrow(cancelled)
  const controller = new AbortController()
  const ahead = prover.prove(proven)
  const waiting = prover.prove({ ...proven, signal: controller.signal })
  controller.abort()
  await expect(waiting).rejects.toThrow(cancelled)
  await ahead
  await prover.close()
})

test('malformed keys and witnesses are refused by code', async () => {
  const prover = createSnarkjsProver({ singleThread: true })
  const { zkey, witness } = proven
  const invalidKey = expect.objectContaining({ code: 'INVALID_KEY' })
  await expect(prover.prove({ zkey: zkey.subarray(0, 1000), witness })).rejects.toThrow(invalidKey)
  await expect(prover.prove({ zkey: new Uint8Array(0), witness })).rejects.toThrow(invalidKey)
  const failed = expect.objectContaining({ code: 'PROVING_FAILED' })
  await expect(prover.prove({ zkey, witness: witness.subarray(0, 50) })).rejects.toThrow(failed)
  await expect(prover.prove({ zkey, witness: zkey })).rejects.toThrow(failed)
  await prover.close()
})
