import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createNativeProver } from '#prover/backends/native.js'
import { createSnarkjsProver } from '#prover/backends/snarkjs.js'
import { createWasmProver } from '#prover/backends/wasm.js'
import { verifyProof } from '#prover/proof/verify.js'
import type { Prover } from '#prover/prover.js'
import { damagedFile } from '../../support/damaged-file.js'
import { runnableBuilds } from '../../support/native-builds.js'
import { provenCircuit } from '../../support/proven-circuit.js'
import { RandomSource } from '../../support/random-source.js'
import { isRelease } from '../../support/release.js'

const backends: readonly (readonly [name: string, create: () => Prover, rounds: number])[] = [
  ...runnableBuilds.map((build) => [build, () => createNativeProver({ build, threads: 2 }), 100] as const),
  ['wasm', () => createWasmProver({ threads: 2 }), 30],
  ['snarkjs', () => createSnarkjsProver({ singleThread: true }), 20],
]

let proven: Awaited<ReturnType<typeof provenCircuit>>
beforeAll(async () => {
  proven = await provenCircuit()
})

describe.each(backends)('the %s back end', (_, create, rounds) => {
  const prover = create()
  afterAll(() => prover.close())

  /** Either a proof or an error of the table. */
  async function outcome(request: { zkey: Uint8Array; witness: Uint8Array }): Promise<string | boolean> {
    const proof = await prover.prove(request).catch((error: Error) => error)
    // Of a damaged key even the proof's points may lie beside the curve.
    if (!(proof instanceof Error)) return verifyProof(proven.verificationKey, proof).catch(() => false)
    expect(proof).toMatchObject({
      name: 'ZkserveError',
      code: expect.stringMatching(/^(INVALID_KEY|PROVING_FAILED)$/),
    })
    return (proof as Error & { code: string }).code
  }

  test('proves or refuses by a code, whatever became of the witness and of the key', {
    timeout: 900_000,
  }, async () => {
    const random = new RandomSource(70)
    const { zkey, witness } = proven
    const seen = new Set<string | boolean>()
    for (let round = 0; round < rounds * (isRelease ? 20 : 1); round++) {
      seen.add(await outcome({ zkey, witness: damagedFile(witness, random) }))
      seen.add(await outcome({ zkey: damagedFile(zkey, random), witness }))
    }
    expect([...seen]).toEqual(expect.arrayContaining([false, 'INVALID_KEY', 'PROVING_FAILED']))
    expect(await outcome({ zkey, witness })).toBe(true)
  })
})
