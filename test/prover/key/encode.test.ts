import { beforeAll, expect, test } from 'vitest'
import type { VerificationKey } from '#prover/groth16.js'
import { encodeVerificationKey, verificationKeyHash } from '#prover/key/encode.js'
import { g1Multiple, g2Multiple } from '../../support/curve-points.js'
import { provenCircuit } from '../../support/proven-circuit.js'

let key: VerificationKey
beforeAll(async () => {
  key = (await provenCircuit()).verificationKey
})

test('is α, β, γ, δ and IC, G2 coordinates imaginary part first', () => {
  const g2 = ([x, y]: VerificationKey['vk_beta_2']): string[] => [x[1], x[0], y[1], y[0]]
  const expected = [
    ...key.vk_alpha_1.slice(0, 2),
    ...g2(key.vk_beta_2),
    ...g2(key.vk_gamma_2),
    ...g2(key.vk_delta_2),
    ...key.IC.flatMap((point) => point.slice(0, 2)),
  ]
  const hex = expected.map((value) => BigInt(value).toString(16).padStart(64, '0')).join('')
  expect(Buffer.from(encodeVerificationKey(key)).toString('hex')).toBe(hex)
})

test('the hash of a fixed key stays what contracts hold', () => {
  const fixed: VerificationKey = {
    protocol: 'groth16',
    curve: 'bn128',
    nPublic: 1,
    vk_alpha_1: g1Multiple(2n),
    vk_beta_2: g2Multiple(3n),
    vk_gamma_2: g2Multiple(1n),
    vk_delta_2: g2Multiple(4n),
    IC: [g1Multiple(5n), g1Multiple(6n)],
  }
  expect(encodeVerificationKey(fixed)).toHaveLength(448 + 128)
  expect(verificationKeyHash(fixed)).toMatchInlineSnapshot(
    `"0x0e558368a03beb8fce21635a8a5e1f9dfa539d597fc76f6865645ec8a00ceb20"`,
  )
  expect(verificationKeyHash({ ...fixed, vk_alphabeta_12: 'anything' })).toBe(verificationKeyHash(fixed))
  expect(verificationKeyHash({ ...fixed, vk_alpha_1: g1Multiple(7n) })).not.toBe(verificationKeyHash(fixed))
})

test('refuses malformed keys by code', () => {
  expect(() => encodeVerificationKey({ ...key, vk_alpha_1: ['1', '1', '1'] })).toThrow(
    expect.objectContaining({ code: 'INVALID_KEY' }),
  )
})
