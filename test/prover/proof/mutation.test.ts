import { groth16 } from 'snarkjs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ZkserveError } from '#circuits/errors.js'
import { createSnarkjsProver } from '#prover/backends/snarkjs.js'
import { baseModulus, scalarModulus } from '#prover/curve/bn254.js'
import type { G2Point, ProofWithSignals, VerificationKey } from '#prover/groth16.js'
import { verifyProof } from '#prover/proof/verify.js'
import type { Prover } from '#prover/prover.js'
import { g1Add, g1Multiple, g1Negate, g2Multiple } from '../../support/curve-points.js'
import { provenCircuit } from '../../support/proven-circuit.js'
import { RandomSource } from '../../support/random-source.js'

let key: VerificationKey
let honest: ProofWithSignals
let prover: Prover
beforeAll(async () => {
  const proven = await provenCircuit()
  key = proven.verificationKey
  honest = proven.proof
  prover = createSnarkjsProver({ singleThread: true })
  // Builds the engine that snarkjs' verifier uses below.
  await prover.prove(proven)
})
afterAll(() => prover.close())

type Mutation = (random: RandomSource, file: ProofWithSignals) => ProofWithSignals

const scalar = (random: RandomSource): bigint => 1n + random.bigintBelow(scalarModulus - 1n)

function withPoints(file: ProofWithSignals, points: Partial<ProofWithSignals['proof']>): ProofWithSignals {
  return { ...file, proof: { ...file.proof, ...points } }
}

function negateG2([x, y, z]: G2Point): G2Point {
  const negate = (value: string): string => ((baseModulus - BigInt(value)) % baseModulus).toString()
  return [x, [negate(y[0]), negate(y[1])], z]
}

/** Every point stays in its group, every signal below r. */
const onCurve: Mutation[] = [
  (random, file) => withPoints(file, { pi_a: g1Multiple(scalar(random)) }),
  (random, file) => withPoints(file, { pi_b: g2Multiple(scalar(random)) }),
  (random, file) => withPoints(file, { pi_c: g1Multiple(scalar(random)) }),
  (random, file) =>
    withPoints(file, { pi_a: g1Add(file.proof.pi_a, g1Multiple(1n + BigInt(random.below(9)))) }),
  (random, file) =>
    withPoints(file, { pi_c: g1Add(file.proof.pi_c, g1Multiple(1n + BigInt(random.below(9)))) }),
  (random, file) => withPoints(file, { pi_c: g1Add(file.proof.pi_c, random.pick(key.IC)) }),
  (_, file) => withPoints(file, { pi_a: file.proof.pi_c, pi_c: file.proof.pi_a }),
  (_, file) => withPoints(file, { pi_a: g1Negate(file.proof.pi_a) }),
  (_, file) => withPoints(file, { pi_b: negateG2(file.proof.pi_b) }),
  (_, file) => withPoints(file, { pi_c: g1Negate(file.proof.pi_c) }),
  (_, file) => withPoints(file, { pi_a: key.vk_alpha_1, pi_b: key.vk_beta_2 }),
  (random, file) => ({
    ...file,
    publicSignals: file.publicSignals.with(random.below(3), scalar(random).toString()),
  }),
  (_, { publicSignals: [x, y, z], ...file }) => ({ ...file, publicSignals: [y!, x!, z!] }),
]

/** Changes digits and lengths without regard to any rule. */
const offCurve: Mutation[] = [
  (random, file) => changeDigit(random, file),
  (random, file) => changeDigit(random, changeDigit(random, file)),
  (_, file) =>
    withPoints(file, {
      pi_a: [(BigInt(file.proof.pi_a[0]) + baseModulus).toString(), file.proof.pi_a[1], '1'],
    }),
  (_, file) =>
    withPoints(file, {
      pi_c: [file.proof.pi_c[0], (BigInt(file.proof.pi_c[1]) + baseModulus).toString(), '1'],
    }),
  (random, file) => {
    const index = random.below(3)
    const value = BigInt(file.publicSignals[index]!) + scalarModulus * BigInt(1 + random.below(4))
    return { ...file, publicSignals: file.publicSignals.with(index, value.toString()) }
  },
  (random, file) => ({ ...file, publicSignals: file.publicSignals.slice(0, random.below(3)) }),
  (_, file) => ({ ...file, publicSignals: [...file.publicSignals, '0'] }),
]

function changeDigit(random: RandomSource, file: ProofWithSignals): ProofWithSignals {
  const text = JSON.stringify(file)
  const digits = [...text.matchAll(/(?<=")\d+(?=")/g)]
  const { index, 0: number } = random.pick(digits)
  const at = index + random.below(number.length)
  const digit = (Number(text[at]) + 1 + random.below(9)) % 10
  return JSON.parse(text.slice(0, at) + digit + text.slice(at + 1))
}

async function isAccepted(file: ProofWithSignals): Promise<boolean> {
  try {
    return await verifyProof(key, file)
  } catch (error) {
    if (error instanceof ZkserveError && error.code === 'INVALID_PROOF') return false
    throw error
  }
}

test('the honest proof is accepted, by snarkjs too', async () => {
  expect(await isAccepted(honest)).toBe(true)
  expect(await groth16.verify(key, honest.publicSignals, honest.proof)).toBe(true)
})

test.each([
  ['on the curve', onCurve],
  ['without rules', offCurve],
])('of 500 proofs changed %s none is accepted', async (_name, mutations) => {
  const random = new RandomSource(17)
  for (let round = 0; round < 500; round++) {
    const changed = mutations[round % mutations.length]!(random, honest)
    expect(changed).not.toEqual(honest)
    expect(await isAccepted(changed), JSON.stringify(changed)).toBe(false)
  }
})

test('verdicts equal those of snarkjs where snarkjs has one', async () => {
  const random = new RandomSource(18)
  for (let round = 0; round < 60; round++) {
    const changed = onCurve[round % onCurve.length]!(random, honest)
    const { proof, publicSignals } = changed
    expect(await isAccepted(changed)).toBe(await groth16.verify(key, publicSignals, proof))
  }
})

test('a proof for another key is not accepted', async () => {
  const other = { ...key, vk_alpha_1: g1Multiple(1234n) }
  expect(await verifyProof(other, honest)).toBe(false)
})
