import { beforeAll, expect, test } from 'vitest'
import { g2Generator } from '#prover/curve/bn254.js'
import { proveLink, verifyLink } from '#prover/evaluation/link.js'
import { type LinkKey, makeLinkKey } from '#prover/evaluation/link-key.js'
import { type Architecture, commitVersion, setUpArchitecture } from '../../support/committed-circuit.js'
import { RandomSource } from '../../support/random-source.js'

const weights = Float64Array.of(400, -300, 21)
const [rho, sigma] = [12345n, 10n ** 70n]
let served: Architecture
let evaluated: Architecture
let key: LinkKey

beforeAll(async () => {
  served = await setUpArchitecture(3)
  evaluated = await setUpArchitecture(4)
  key = makeLinkKey(served.commitmentKey, evaluated.commitmentKey, new RandomSource(5).fill)
})

const commitments = (left: Float64Array, right: Float64Array) =>
  [commitVersion(served, left, rho).commitment, commitVersion(evaluated, right, sigma).commitment] as const

test('commitments to the same weights are linked', () => {
  const link = proveLink(key, { weights, blinding: rho }, sigma)
  expect(verifyLink(key, commitments(weights, weights), link)).toBe(true)
})

test('commitments to other weights are not, whichever of them the link is made of', () => {
  for (let i = 0; i < 3; i++) {
    const other = weights.map((weight, k) => (k === i ? weight + 1 : weight))
    for (const [left, right] of [
      [weights, other],
      [other, weights],
    ] as const) {
      for (const opened of [left, right]) {
        const link = proveLink(key, { weights: opened, blinding: rho }, sigma)
        expect(verifyLink(key, commitments(left, right), link)).toBe(false)
      }
    }
  }
})

test('blindings that are not those of the commitments give no link', () => {
  for (const [left, right] of [
    [rho + 1n, sigma],
    [rho, sigma + 1n],
    [sigma, rho],
  ] as const) {
    const link = proveLink(key, { weights, blinding: left }, right)
    expect(verifyLink(key, commitments(weights, weights), link)).toBe(false)
  }
})

test('a link under another key, or of commitments in exchanged places, does not hold', () => {
  const link = proveLink(key, { weights, blinding: rho }, sigma)
  const [left, right] = commitments(weights, weights)
  expect(verifyLink(key, [right, left], link)).toBe(false)
  expect(verifyLink({ ...key, evaluated: g2Generator }, [left, right], link)).toBe(false)
  const another = makeLinkKey(served.commitmentKey, evaluated.commitmentKey, new RandomSource(6).fill)
  expect(verifyLink(another, [left, right], link)).toBe(false)
})

test('keys for different numbers of weights make no link key', () => {
  const short = { ...evaluated.commitmentKey, points: evaluated.commitmentKey.points.slice(64) }
  expect(() => makeLinkKey(served.commitmentKey, short)).toThrow(
    expect.objectContaining({ code: 'INVALID_KEY' }),
  )
})
