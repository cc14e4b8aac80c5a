import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { createNativeProver } from '#prover/backends/native.js'
import { sha256 } from '#prover/bundle/files.js'
import { verifyProof } from '#prover/proof/verify.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { writeWitness } from '#prover/r1cs/witness.js'
import { developmentSetup, type SetupKeys } from '#prover/setup/development.js'
import { runnableBuilds } from '../../support/native-builds.js'
import { quotientFile } from '../../support/quotient-file.js'
import { writeR1cs } from '../../support/r1cs-writer.js'
import { randomCircuit, type SatisfiedCircuit } from '../../support/random-circuit.js'
import { RandomSource } from '../../support/random-source.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

interface Case extends SatisfiedCircuit {
  readonly keys: SetupKeys
  readonly quotient: Uint8Array
}

const cases: Case[] = []
beforeAll(async () => {
  const random = new RandomSource(44)
  while (cases.length < 2) {
    const satisfied = randomCircuit(random)
    const size = satisfied.circuit.constraints.length
    if (size < 4 || size > 7) continue
    const keys = await developmentSetup(readR1cs(writeR1cs(satisfied.circuit)))
    cases.push({
      ...satisfied,
      keys,
      quotient: quotientFile(satisfied.circuit, keys.zkey, sha256(keys.zkey)),
    })
  }
})

function onDisk({ keys, quotient }: Case) {
  const folder = temporaryFolder()
  const [path, points] = [join(folder, 'proving.zkey'), join(folder, 'proving.quotient')]
  writeFileSync(path, keys.zkey)
  writeFileSync(points, quotient)
  return { path, sha256: sha256(keys.zkey), quotient: { path: points, sha256: sha256(quotient) } }
}

test('the set-up writes these points', () => {
  for (const { keys, quotient } of cases) expect(keys.quotient).toEqual(quotient)
})

describe.each(runnableBuilds)('the %s build with four transforms', (build) => {
  test('proves what verifies, and nothing else', async () => {
    for (const each of cases) {
      const zkey = onDisk(each)
      for (const _ of ['prepared', 'opened']) {
        const prover = createNativeProver({ build, threads: 2 })
        const proof = await prover.prove({ zkey, witness: writeWitness(each.witness) })
        expect(await verifyProof(each.keys.verificationKey, proof)).toBe(true)
        // The last wire is the outcome of a constraint.
        const changed = each.witness.with(-1, each.witness.at(-1)! === 0n ? 1n : each.witness.at(-1)! - 1n)
        const dishonest = await prover.prove({ zkey, witness: writeWitness(changed) })
        expect(await verifyProof(each.keys.verificationKey, dishonest)).toBe(false)
        await prover.close()
      }
    }
  })

  test('takes six transforms beside it from the same folder', async () => {
    const [first] = cases as [Case]
    const { path, sha256, quotient } = onDisk(first)
    const prover = createNativeProver({ build })
    for (const zkey of [
      { path, sha256, quotient },
      { path, sha256 },
      { path, sha256, quotient },
    ]) {
      const proof = await prover.prove({ zkey, witness: writeWitness(first.witness) })
      expect(await verifyProof(first.keys.verificationKey, proof)).toBe(true)
    }
    await prover.close()
  })

  test('refuses points of another key, of other sizes, cut or changed', async () => {
    const [first, second] = cases as [Case, Case]
    const prover = createNativeProver({ build })
    const changed = (at: number) => first.quotient.map((byte, i) => (i === at ? byte ^ 1 : byte))
    const bad = [second.quotient, first.quotient.subarray(0, -1), ...[0, 4, 8, 39, 40, 44, 48].map(changed)]
    for (const quotient of bad) {
      await expect(
        prover.prove({ zkey: onDisk({ ...first, quotient }), witness: writeWitness(first.witness) }),
      ).rejects.toThrow(expect.objectContaining({ code: 'INVALID_KEY' }))
    }
    const { path, sha256, quotient } = onDisk(first)
    const zkey = { path, sha256, quotient: { ...quotient, sha256 } }
    await expect(prover.prove({ zkey, witness: writeWitness(first.witness) })).rejects.toThrow(
      expect.objectContaining({ code: 'INVALID_KEY' }),
    )
    await prover.close()
  })
})
