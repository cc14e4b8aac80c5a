import { beforeAll, expect, test } from 'vitest'
import { baseModulus } from '#prover/curve/bn254.js'
import type { G1Point, G2Point, VerificationKey } from '#prover/groth16.js'
import { lintVerificationKey } from '#prover/key/lint.js'
import type { KeyRule } from '#prover/key/parse.js'
import { verifyProof } from '#prover/proof/verify.js'
import { g1Multiple, g2Multiple, outsideSubgroup } from '../../support/curve-points.js'
import { provenCircuit } from '../../support/proven-circuit.js'

let key: VerificationKey
let proof: unknown
beforeAll(async () => {
  const proven = await provenCircuit()
  key = proven.verificationKey
  proof = proven.proof
})

const infinity1: G1Point = ['0', '1', '0']
const infinity2: G2Point = [
  ['0', '0'],
  ['1', '0'],
  ['0', '0'],
]

/** The point times −1. */
function negated([x, [y0, y1], z]: G2Point): G2Point {
  const minus = (coordinate: string) => ((baseModulus - BigInt(coordinate)) % baseModulus).toString()
  return [x, [minus(y0), minus(y1)], z]
}

function withInput(vk: VerificationKey, index: number, point: unknown): unknown {
  return { ...vk, IC: vk.IC.with(index, point as G1Point) }
}

const badKeys: [name: string, rule: KeyRule, make: (vk: VerificationKey) => unknown][] = [
  ['γ = δ', 'gamma-equals-delta', (vk) => ({ ...vk, vk_gamma_2: vk.vk_delta_2 })],
  ['γ = δ = generator', 'gamma-equals-delta', (vk) => ({ ...vk, vk_delta_2: vk.vk_gamma_2 })],
  [
    'δ the generator',
    'delta-is-generator',
    (vk) => ({ ...vk, vk_gamma_2: g2Multiple(9n), vk_delta_2: g2Multiple(1n) }),
  ],
  ['γ = −δ', 'gamma-equals-delta', (vk) => ({ ...vk, vk_gamma_2: negated(vk.vk_delta_2) })],
  ['β = δ', 'beta-related', (vk) => ({ ...vk, vk_beta_2: vk.vk_delta_2 })],
  ['β = −δ', 'beta-related', (vk) => ({ ...vk, vk_beta_2: negated(vk.vk_delta_2) })],
  ['β = γ', 'beta-related', (vk) => ({ ...vk, vk_beta_2: g2Multiple(9n), vk_gamma_2: g2Multiple(9n) })],
  ['β the generator', 'beta-is-generator', (vk) => ({ ...vk, vk_beta_2: g2Multiple(1n) })],
  ['α the generator', 'alpha-is-generator', (vk) => ({ ...vk, vk_alpha_1: g1Multiple(1n) })],
  ['α infinity', 'infinity', (vk) => ({ ...vk, vk_alpha_1: infinity1 })],
  ['β infinity', 'infinity', (vk) => ({ ...vk, vk_beta_2: infinity2 })],
  ['γ infinity', 'infinity', (vk) => ({ ...vk, vk_gamma_2: infinity2 })],
  ['δ infinity', 'infinity', (vk) => ({ ...vk, vk_delta_2: infinity2 })],
  ['an input infinity', 'infinity', (vk) => withInput(vk, 1, infinity1)],
  ['infinity as (0, 0, 1)', 'curve', (vk) => withInput(vk, 1, ['0', '0', '1'])],
  ['equal inputs', 'equal-inputs', (vk) => withInput(vk, 3, vk.IC[1])],
  [
    'inputs equal up to sign',
    'equal-inputs',
    (vk) => withInput(vk, 3, [vk.IC[1]![0], (baseModulus - BigInt(vk.IC[1]![1])).toString(), '1']),
  ],
  [
    'x + q',
    'coordinate',
    (vk) => withInput(vk, 0, [(BigInt(vk.IC[0]![0]) + baseModulus).toString(), vk.IC[0]![1], '1']),
  ],
  ['a leading zero', 'coordinate', (vk) => withInput(vk, 0, [`0${vk.IC[0]![0]}`, vk.IC[0]![1], '1'])],
  ['a number for a string', 'coordinate', (vk) => ({ ...vk, vk_alpha_1: [1, 2, '1'] })],
  ['a point off the curve', 'curve', (vk) => withInput(vk, 2, [vk.IC[2]![0], vk.IC[1]![1], '1'])],
  [
    'a point off the twist',
    'curve',
    (vk) => ({ ...vk, vk_beta_2: [vk.vk_beta_2[0], vk.vk_delta_2[1], ['1', '0']] }),
  ],
  ['δ outside the subgroup', 'subgroup', (vk) => ({ ...vk, vk_delta_2: outsideSubgroup() })],
  ['projective coordinates', 'shape', (vk) => withInput(vk, 0, [vk.IC[0]![0], vk.IC[0]![1], '2'])],
  ['one input too many', 'input-count', (vk) => ({ ...vk, nPublic: 4, IC: [...vk.IC, g1Multiple(5n)] })],
  ['one input too few', 'input-count', (vk) => ({ ...vk, nPublic: 2, IC: vk.IC.slice(1) })],
  ['a count that is not that of IC', 'input-count', (vk) => ({ ...vk, IC: vk.IC.slice(1) })],
  ['another curve', 'shape', (vk) => ({ ...vk, curve: 'bls12381' })],
  ['another protocol', 'shape', (vk) => ({ ...vk, protocol: 'plonk' })],
  ['no IC', 'input-count', (vk) => ({ ...vk, IC: undefined })],
  ['a fractional count', 'shape', (vk) => ({ ...vk, nPublic: 3.5 })],
  ['null', 'shape', () => null],
]

test('the key of a development set-up passes', () => {
  expect(lintVerificationKey(key, { publicCount: 3 }).inputs).toHaveLength(4)
})

test.each(badKeys)('refuses %s', (_name, rule, make) => {
  expect(() => lintVerificationKey(make(key), { publicCount: 3 })).toThrow(
    expect.objectContaining({ code: 'INVALID_KEY', details: { rule } }),
  )
})

test.each(badKeys.filter(([name]) => !name.startsWith('one input')))(
  'verification refuses %s too',
  async (_name, rule, make) => {
    await expect(verifyProof(make(key), proof)).rejects.toThrow(
      expect.objectContaining({ code: 'INVALID_KEY', details: { rule } }),
    )
  },
)
