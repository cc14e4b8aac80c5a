import { curves, groth16 } from 'snarkjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scalarModulus } from '#prover/curve/bn254.js'
import { CurveEngine } from '#prover/curve/engine.js'
import { combineG1 } from '#prover/curve/multi-scalar.js'
import { affineG1At } from '#prover/curve/points.js'
import type { G1Point, ProofWithSignals } from '#prover/groth16.js'
import { verificationKeyHash } from '#prover/key/encode.js'
import { lintVerificationKey } from '#prover/key/lint.js'
import { parseVerificationKey } from '#prover/key/parse.js'
import { g2PointOf, isInSpan, parseSpanKey } from '#prover/key/span-check.js'
import { verifyProof } from '#prover/proof/verify.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { developmentSetup } from '#prover/setup/development.js'
import { commitWeights, drawBlinding } from '#prover/weights/commit.js'
import { readCommitmentKey, spanKeyPoint, writeCommitmentKey } from '#prover/weights/commitment-key.js'
import { foldCommitment } from '#prover/weights/fold.js'
import {
  type Architecture,
  committedCircuit,
  commitVersion,
  proveVersion,
  publicCount,
  setUpArchitecture,
  type Version,
} from '../../support/committed-circuit.js'
import {
  g1Add,
  g1Multiple,
  g1Negate,
  g1Scale,
  g2Multiple,
  outsideSubgroup,
  signalPoint,
} from '../../support/curve-points.js'
import { expectError } from '../../support/expect-error.js'
import { writeR1cs } from '../../support/r1cs-writer.js'
import { RandomSource } from '../../support/random-source.js'

let architecture: Architecture
let a: Version
let b: Version
let proof: ProofWithSignals
beforeAll(async () => {
  architecture = await setUpArchitecture()
  a = commitVersion(architecture, Float64Array.of(3, -128, 127), drawBlinding())
  b = commitVersion(architecture, Float64Array.of(3, -128, 126), drawBlinding())
  proof = await proveVersion(architecture, a, [10n, 1n, 2n])
})
afterAll(async () => (await curves.getCurveFromName('bn128')).terminate())

const spanKey = () => spanKeyPoint(architecture.commitmentKey)

/** A proof that its maker wants to hold for another output. */
const claiming = (output: bigint): ProofWithSignals => ({
  ...proof,
  publicSignals: [(((output % scalarModulus) + scalarModulus) % scalarModulus).toString(), '5'],
})

describe('a version', () => {
  test('has an ordinary key, under which snarkjs accepts its proofs', async () => {
    lintVerificationKey(a.key, { publicCount })
    expect(proof.publicSignals).toEqual(['156', '5'])
    expect(await groth16.verify(a.key, [...proof.publicSignals], proof.proof)).toBe(true)
    expect(await verifyProof(a.key, proof)).toBe(true)
    expect(await verifyProof(a.key, claiming(157n))).toBe(false)
  })

  test('refuses proofs of another version, and the architecture without weights refuses both', async () => {
    expect(await verifyProof(b.key, proof)).toBe(false)
    expect(await groth16.verify(b.key, [...proof.publicSignals], proof.proof)).toBe(false)
    expect(await verifyProof(architecture.key, proof)).toBe(false)
    expect(await verifyProof(b.key, await proveVersion(architecture, b, [10n, 1n, 2n]))).toBe(true)
  })

  test('cannot be proven with another blinding', async () => {
    const other = { ...a, blinding: (a.blinding + 1n) % scalarModulus }
    expect(await verifyProof(a.key, await proveVersion(architecture, other, [10n, 1n, 2n]))).toBe(false)
  })

  test('says nothing about its weights: two commitments to the same ones differ', async () => {
    const again = commitVersion(architecture, a.weights, drawBlinding())
    expect(again.commitment).not.toEqual(a.commitment)
    expect(again.spanProof).not.toEqual(a.spanProof)
    expect(verificationKeyHash(again.key)).not.toBe(verificationKeyHash(a.key))
    expect(await verifyProof(again.key, proof)).toBe(false)
    // The same blinding gives the same commitment: it is the blinding alone that hides.
    expect(commitVersion(architecture, a.weights, a.blinding).commitment).toEqual(a.commitment)
  })

  test('is Σ w·IC + ρ·IC_ρ of the full key', () => {
    const { IC } = architecture.fullKey
    const signals = [
      ...Array.from(a.weights, (w) => (w < 0 ? scalarModulus + BigInt(w) : BigInt(w))),
      a.blinding,
    ]
    const points = [IC[0]!, ...IC.slice(publicCount + 1)]
    expect(a.key.IC[0]).toEqual(signalPoint(points, signals.map(String)))
    expect(a.key.IC.slice(1)).toEqual(IC.slice(1, publicCount + 1))
  })
})

describe('a shifted commitment', () => {
  const shift = 100n
  /** M + t·IC_output: a proof of y holds for y − t too. */
  const shifted = (): G1Point => g1Add(a.commitment, g1Scale(architecture.key.IC[1]!, shift))

  test('makes forgeries pass where nobody checks the span', async () => {
    const key = foldCommitment(architecture.key, shifted())
    const forged = claiming(156n - shift)
    lintVerificationKey(key, { publicCount })
    expect(await verifyProof(key, forged)).toBe(true)
    expect(await groth16.verify(key, [...forged.publicSignals], forged.proof)).toBe(true)
  })

  test('is refused by the span check, with any span proof that can be made of what is known', () => {
    const { commitment, spanProof } = a
    const output = architecture.key.IC[1]!
    const attempts: G1Point[] = [
      spanProof,
      commitment,
      shifted(),
      g1Add(spanProof, g1Scale(output, shift)),
      g1Add(spanProof, g1Scale(output, shift * shift)),
      g1Add(spanProof, b.spanProof),
      g1Add(spanProof, g1Multiple(shift)),
      g1Negate(spanProof),
    ]
    for (const attempt of attempts) expect(isInSpan(shifted(), attempt, spanKey())).toBe(false)
    expect(isInSpan(commitment, spanProof, spanKey())).toBe(true)
  })

  test('by the constant, by α or by a generator is refused too', () => {
    for (const point of [architecture.key.IC[0]!, architecture.key.vk_alpha_1, g1Multiple(1n)]) {
      expect(isInSpan(g1Add(a.commitment, point), a.spanProof, spanKey())).toBe(false)
      expect(isInSpan(g1Add(a.commitment, point), g1Add(a.spanProof, point), spanKey())).toBe(false)
    }
  })
})

describe('the span check', () => {
  test('accepts commitments, and sums of them, which are commitments to sums of weights', () => {
    for (const { commitment, spanProof } of [a, b]) {
      expect(isInSpan(commitment, spanProof, spanKey())).toBe(true)
    }
    const sum = [g1Add(a.commitment, b.commitment), g1Add(a.spanProof, b.spanProof)] as const
    expect(isInSpan(...sum, spanKey())).toBe(true)
    expect(isInSpan(a.commitment, b.spanProof, spanKey())).toBe(false)
  })

  test('refuses malformed points', () => {
    for (const bad of [null, ['0', '1', '0'], ['1', '3', '1'], ['1', '2'], [1, 2, 1]]) {
      expectError('INVALID_KEY', () => isInSpan(bad, a.spanProof, spanKey()))
      expectError('INVALID_KEY', () => isInSpan(a.commitment, bad, spanKey()))
      expectError('INVALID_KEY', () => foldCommitment(architecture.key, bad as never))
    }
    expectError('INVALID_KEY', () => foldCommitment(architecture.key, g1Negate(architecture.key.IC[0]!)))
  })

  test('refuses a κ·G2 of which multiples of G1 are known', () => {
    const { key } = architecture
    const parsed = parseVerificationKey(key)
    expect(parseSpanKey(g2PointOf(spanKey()), parsed)).toEqual(spanKey())
    for (const known of [g2Multiple(1n), key.vk_beta_2, key.vk_gamma_2, key.vk_delta_2, outsideSubgroup()]) {
      expectError('INVALID_KEY', () => parseSpanKey(known, parsed))
    }
    expectError('INVALID_KEY', () => parseSpanKey(null, parsed))
  })
})

describe('a commitment key', () => {
  test('changes nothing of the key that it belongs to', async () => {
    const r1cs = readR1cs(writeR1cs(committedCircuit))
    const plain = await developmentSetup(r1cs, { random: new RandomSource(21).fill })
    expect(plain.commitmentKey).toBeNull()
    expect(Buffer.compare(plain.zkey, architecture.zkey)).toBe(0)
  })

  test('holds the points of the full key', () => {
    const { commitmentKey, fullKey } = architecture
    const engine = new CurveEngine()
    const points = fullKey.IC.slice(publicCount + 1).map((_, i) => {
      const at = engine.place(commitmentKey.points.slice(64 * i, 64 * i + 64))
      const jacobian = engine.reserve(96)
      engine.operations.g1m_zero(jacobian)
      engine.operations.g1m_addMixed(jacobian, at, jacobian)
      return [...affineG1At(engine, jacobian).map(String), '1']
    })
    expect(points).toEqual(fullKey.IC.slice(publicCount + 1))
  })

  test('is for one number of weights, and for circuits with as many signals', async () => {
    expectError('INVALID_KEY', () => commitWeights(architecture.commitmentKey, Float64Array.of(1, 2), 3n))
    const r1cs = readR1cs(writeR1cs(committedCircuit))
    await expect(developmentSetup(r1cs, { committed: 7 })).rejects.toMatchObject({ code: 'INVALID_CIRCUIT' })
  })

  test('is read as it was written', () => {
    const bytes = writeCommitmentKey(architecture.commitmentKey)
    expect(readCommitmentKey(bytes)).toEqual(architecture.commitmentKey)
  })

  test('with any bit flipped, cut or longer is refused', () => {
    const bytes = writeCommitmentKey(architecture.commitmentKey)
    const random = new RandomSource(4)
    for (let i = 0; i < 60; i++) {
      const damaged = Uint8Array.from(bytes)
      damaged[i < 12 ? i : random.below(bytes.length)]! ^= 1 << random.below(8)
      expectError('INVALID_KEY', () => readCommitmentKey(damaged))
    }
    for (const length of [0, 11, 12, bytes.length - 64, bytes.length - 1]) {
      expectError('INVALID_KEY', () => readCommitmentKey(bytes.slice(0, length)))
    }
    expectError('INVALID_KEY', () => readCommitmentKey(Uint8Array.of(...bytes, 0)))
  })

  test('with two equal or opposite points, or a point at infinity, is refused', () => {
    const { points, ...rest } = architecture.commitmentKey
    const copy = (change: (bytes: Uint8Array) => void) => {
      const changed = points.slice()
      change(changed)
      return writeCommitmentKey({ ...rest, points: changed })
    }
    expectError(
      'INVALID_KEY',
      () => readCommitmentKey(copy((bytes) => bytes.copyWithin(64, 0, 64))),
      /related/,
    )
    expectError('INVALID_KEY', () => readCommitmentKey(copy((bytes) => bytes.fill(0, 0, 64))), /infinity/)
  })
})

test('sums of small multiples equal those of a slow twin, extremes and zeros included', () => {
  const random = new RandomSource(8)
  const { IC } = architecture.fullKey
  const extremes = [0, 1, -1, 127, -127, 128, -128, 129, 255, -256, 2 ** 31, 2 ** 52, 2 - 2 ** 53]
  for (let round = 0; round < 12; round++) {
    const scalars = Float64Array.from(IC, () =>
      round < 6 ? random.pick(extremes) : random.below(2 ** 20) - 2 ** 19,
    )
    const engine = new CurveEngine()
    const address = engine.place(architecturePoints())
    const terms = Array.from(scalars.subarray(0, 4), (scalar, i) =>
      scalar === 0 ? null : g1Scale(IC[publicCount + 1 + i]!, BigInt(scalar)),
    ).filter((term) => term !== null)
    const sum = combineG1(engine, address, scalars.subarray(0, 4))
    if (terms.length === 0) expect(engine.operations.g1m_isZero(sum)).toBe(1)
    else expect(affineG1At(engine, sum).map(String)).toEqual(terms.reduce(g1Add).slice(0, 2))
  }
})

const architecturePoints = (): Uint8Array => architecture.commitmentKey.points
