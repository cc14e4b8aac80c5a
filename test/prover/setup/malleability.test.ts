/**
 * Why the set-up adds a row w_i · 0 = 0 for every public signal. A proof is made for some signals; then somebody
 * without the witness changes them. Source: "Groth16 malleability" of public inputs in libsnark's and snarkjs' QAP.
 */
import { groth16 } from 'snarkjs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSnarkjsProver } from '#prover/backends/snarkjs.js'
import { scalarModulus } from '#prover/curve/bn254.js'
import { CurveEngine } from '#prover/curve/engine.js'
import type { ProofWithSignals } from '#prover/groth16.js'
import { verificationKeyFromZkey } from '#prover/key/from-zkey.js'
import { coefficientBytes, zkeyKind, zkeySection } from '#prover/key/zkey-format.js'
import type { Prover } from '#prover/prover.js'
import { readSections } from '#prover/r1cs/container.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { writeWitness } from '#prover/r1cs/witness.js'
import { developmentSetup, type SetupKeys } from '#prover/setup/development.js'
import { domainSizeOf } from '#prover/setup/domain.js'
import { keyPoints } from '#prover/setup/key-points.js'
import { writeZkey } from '#prover/setup/zkey.js'
import { type SmallCircuit, writeR1cs } from '../../support/r1cs-writer.js'
import { RandomSource } from '../../support/random-source.js'
import { referenceScalars } from '../../support/reference-setup.js'

let prover: Prover
beforeAll(() => {
  prover = createSnarkjsProver({ singleThread: true })
})
afterAll(() => prover.close())

/** Public x (1), y (2), context (3) and private s (4): (x + 3y + s + 1)² = square (5); the context is in no constraint. */
const circuit: SmallCircuit = {
  wireCount: 6,
  outputCount: 0,
  publicInputCount: 3,
  privateInputCount: 1,
  constraints: [
    [
      [
        [1, 1n],
        [2, 3n],
        [4, 1n],
        [0, 1n],
      ],
      [
        [1, 1n],
        [2, 3n],
        [4, 1n],
        [0, 1n],
      ],
      [[5, 1n]],
    ],
  ],
}
const witness = writeWitness([1n, 10n, 20n, 999n, 5n, 76n * 76n])

type Keys = Pick<SetupKeys, 'zkey' | 'verificationKey'>

/** A set-up as it would be without the rows: their Lagrange terms and their coefficients are missing. */
async function setupWithoutRows(): Promise<Keys> {
  const random = new RandomSource(13)
  const secret = (): bigint => random.bigintBelow(scalarModulus)
  const secrets = { tau: secret(), alpha: secret(), beta: secret(), delta: secret() }
  const r1cs = readR1cs(writeR1cs(circuit))
  const points = await keyPoints(referenceScalars(circuit, secrets, false))
  const zkey = writeZkey(new CurveEngine(), r1cs, domainSizeOf(r1cs), points)
  const coefficients = readSections(zkey, zkeyKind).get(zkeySection.coefficients)!
  for (let row = 1; row <= r1cs.publicCount + 1; row++) {
    coefficients.subarray(coefficients.length - row * coefficientBytes).fill(0, 12, coefficientBytes)
  }
  return { zkey, verificationKey: verificationKeyFromZkey(zkey) }
}

/** snarkjs' verifier, which does not judge keys: in the bad one a point of IC is infinity. */
function accepts(
  { verificationKey }: Keys,
  proof: ProofWithSignals,
  signals: readonly string[],
): Promise<boolean> {
  return groth16.verify(verificationKey, signals, proof.proof)
}

const attacks: [string, string[]][] = [
  ['the signal that no constraint holds', ['10', '20', '1000']],
  ['two signals of one sum, against each other', ['13', '19', '999']],
]

test.each(attacks)('without the rows a stranger changes %s', async (_name, signals) => {
  const bad = await setupWithoutRows()
  const proof = await prover.prove({ zkey: bad.zkey, witness })
  expect(await accepts(bad, proof, proof.publicSignals)).toBe(true)
  expect(await accepts(bad, proof, signals)).toBe(true)
})

test.each(attacks)('with our set-up nobody changes %s', async (_name, signals) => {
  const good = await developmentSetup(readR1cs(writeR1cs(circuit)))
  const proof = await prover.prove({ zkey: good.zkey, witness })
  expect(await accepts(good, proof, proof.publicSignals)).toBe(true)
  expect(await accepts(good, proof, signals)).toBe(false)
})
