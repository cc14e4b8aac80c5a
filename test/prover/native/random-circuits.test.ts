import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { groth16 } from 'snarkjs'
import { expect, test } from 'vitest'
import { createNativeProver } from '#prover/backends/native.js'
import { createSnarkjsProver } from '#prover/backends/snarkjs.js'
import { createWasmProver } from '#prover/backends/wasm.js'
import { sha256 } from '#prover/bundle/files.js'
import { scalarModulus } from '#prover/curve/bn254.js'
import { verifyProof } from '#prover/proof/verify.js'
import type { ZkeyFile } from '#prover/prover.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { writeWitness } from '#prover/r1cs/witness.js'
import { developmentSetup, type SetupKeys } from '#prover/setup/development.js'
import { fixedSecrets } from '../../support/fixed-secrets.js'
import { arithmeticOf, bytesOf, numbersOf, runnableBuilds } from '../../support/native-builds.js'
import { proofCoordinates, proofExponents } from '../../support/proof-exponents.js'
import { writeR1cs } from '../../support/r1cs-writer.js'
import { RandomSource } from '../../support/random-source.js'
import { isRelease } from '../../support/release.js'
import { shapedCircuit, shapeNames } from '../../support/shaped-circuit.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const count = isRelease ? 10_000 : 44
/** snarkjs proves and verifies one circuit in so many; pairings check one in so many. */
const bySnarkjs = isRelease ? 100 : 11
const byPairing = isRelease ? 10 : 2

test(`${count} random circuits: every build makes the proofs that the set-up's secrets foretell`, {
  timeout: 5_400_000,
}, async () => {
  const random = new RandomSource(2026)
  const native = runnableBuilds.map((build) => createNativeProver({ build, threads: 2 }))
  const provers = [...native, createWasmProver({ threads: 2 })]
  const snarkjs = createSnarkjsProver({ singleThread: true })
  const folder = temporaryFolder()
  let dishonest = 0
  for (let round = 0; round < count; round++) {
    const shape = shapeNames[round % shapeNames.length]!
    const label = `round ${round}, ${shape}`
    const { circuit, witness } = shapedCircuit(random, shape)
    const secret = () => 2n + random.bigintBelow(scalarModulus - 2n)
    const secrets = { tau: secret(), alpha: secret(), beta: secret(), delta: secret() }
    const keys = await developmentSetup(readR1cs(writeR1cs(circuit)), { random: fixedSecrets(secrets) })
    const blinding = [blindingOf(random), blindingOf(random)] as const
    const wire = 1 + random.below(Math.max(1, witness.length - 1))
    const changed = witness.length > 1 ? witness.with(wire, blindingOf(random)) : witness
    for (const values of round % 4 === 0 ? [witness, changed] : [witness]) {
      const expected = proofExponents(circuit, secrets, values, blinding)
      if (values === witness) expect(expected.isValid, label).toBe(true)
      else if (!expected.isValid) dishonest++
      const coordinates = proofCoordinates(expected)
      for (const build of runnableBuilds) {
        const threads = 1 + random.below(3)
        const proof = arithmeticOf(build).prove(keys.zkey, bytesOf(values), bytesOf(blinding), threads)
        expect(numbersOf(proof), `${label}, ${build}`).toEqual(coordinates)
      }
      if (round % byPairing > 0) continue
      const prover = provers[random.below(provers.length)]!
      // From files the native prover takes the form of four transforms, from bytes that of six.
      const zkey = random.below(2) === 0 ? keys.zkey : writeKey(folder, keys)
      const proof = await prover.prove({ zkey, witness: writeWitness(values) })
      expect(await verifyProof(keys.verificationKey, proof), label).toBe(expected.isValid)
    }
    if (round % bySnarkjs > 0) continue
    const request = { zkey: keys.zkey, witness: writeWitness(witness) }
    for (const prover of [snarkjs, ...provers]) {
      const { proof, publicSignals } = await prover.prove(request)
      expect(await groth16.verify(keys.verificationKey, publicSignals, proof), label).toBe(true)
      expect(await verifyProof(keys.verificationKey, { proof, publicSignals }), label).toBe(true)
    }
  }
  expect(dishonest).toBeGreaterThan(count / 16)
  await Promise.all([snarkjs, ...provers].map((prover) => prover.close()))
})

/** The key in files of the folder, which get the place of those before. */
function writeKey(folder: string, { zkey, quotient }: SetupKeys): ZkeyFile {
  const file = (name: string, bytes: Uint8Array) => {
    const path = join(folder, name)
    writeFileSync(path, bytes)
    return { path, sha256: sha256(bytes) }
  }
  return { ...file('proving.zkey', zkey), quotient: file('proving.quotient', quotient) }
}

function blindingOf(random: RandomSource): bigint {
  return random.pick([
    0n,
    1n,
    scalarModulus - 1n,
    1n << 64n,
    ...Array(4).fill(random.bigintBelow(scalarModulus)),
  ])
}
