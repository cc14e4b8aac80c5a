import { buildPoseidon } from 'circomlibjs'
import { expect, test } from 'vitest'
import { commitmentBlocks, domainTag } from '#circuits/analyse/commitment.js'
import type { QInput, QModel } from '#circuits/qmodel/qmodel.js'
import { scalarModulus } from '#prover/curve/bn254.js'
import { commitInputs, drawSalt } from '#prover/inference/commitment.js'
import { packInputs } from '#prover/inference/pack-inputs.js'
import { qmodelOf, randomIntegers } from '../../support/qmodel-builder.js'
import { randomSource } from '../../support/random-graph.js'

/** A model of inputs alone; what follows them doesn't enter the commitment. */
function inputsOnly(inputs: readonly Omit<QInput, 'tensor'>[]): QModel {
  const bare = inputs.map(({ shape, bits }) => ({ shape, bits, lo: 0 }))
  const model = qmodelOf(bare, [
    { kind: 'reindex', inputs: [0], shape: [1], indices: Int32Array.of(0), fill: 0 },
  ])
  return { ...model, inputs: model.inputs.map((input, i) => ({ ...input, ...inputs[i]! })) }
}

const image: Omit<QInput, 'tensor'> = { name: 'x', shape: [1, 40], scales: [0.25], lows: [-8], bits: 8 }

/** Lanes as one number, by repeated addition of place values. */
function pack(lanes: readonly number[], bits: number): bigint {
  return lanes.reduce((word, lane, i) => word + BigInt(lane) * 2n ** BigInt(bits * i), 0n)
}

test('the commitment of one permutation is circomlib’s Poseidon of tag, salt and packed lanes', async () => {
  const poseidon = await buildPoseidon()
  const model = inputsOnly([image])
  const integers = randomIntegers(randomSource(1), [40], -8, 247)
  const lanes = Array.from(integers, (value) => value + 8)
  const words = [pack(lanes.slice(0, 31), 8), pack(lanes.slice(31), 8)]
  expect(packInputs(model, [integers])).toEqual(words)
  const digest = poseidon([99n, ...words], poseidon.F.e(domainTag(model)))
  expect(await commitInputs(model, [integers], 99n)).toBe(poseidon.F.toObject(digest))
})

test('further permutations start from the digest before, and several inputs follow one another', async () => {
  const poseidon = await buildPoseidon()
  const second = { name: 'z', shape: [3], scales: [1], lows: [0], bits: 16 }
  const model = inputsOnly([{ ...image, shape: [1, 31 * 16] }, second])
  const random = randomSource(2)
  const integers = [randomIntegers(random, [31 * 16], -8, 247), randomIntegers(random, [3], 0, 65535)]
  const lanes = Array.from(integers[0]!, (value) => value + 8)
  const words = Array.from({ length: 16 }, (_, w) => pack(lanes.slice(31 * w, 31 * w + 31), 8))
  const all = [5n, ...words, pack(Array.from(integers[1]!), 16)]
  let digest = poseidon.F.e(domainTag(model))
  for (const block of commitmentBlocks(18)) digest = poseidon(all.splice(0, block), digest)
  expect(commitmentBlocks(18).length).toBe(2)
  expect(await commitInputs(model, integers, 5n)).toBe(poseidon.F.toObject(digest))
})

test('ten thousand inputs and models that differ in one field have commitments of their own', async () => {
  const random = randomSource(3)
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!
  const base: Omit<QInput, 'tensor'> = { name: 'x', shape: [1, 4], scales: [0.5], lows: [0], bits: 8 }
  const commitment = (input: Omit<QInput, 'tensor'>, values: readonly number[], salt: bigint) =>
    commitInputs(inputsOnly([input]), [Float64Array.from(values)], salt)

  const pairs = 10_000
  const seen = new Map<bigint, string>()
  for (let i = 0; i < pairs; i++) {
    const values = Array.from({ length: 4 }, () => Math.floor(random() * 200))
    const salt = BigInt(Math.floor(random() * 2 ** 40))
    const at = Math.floor(random() * 4)
    const other = pick<readonly [Omit<QInput, 'tensor'>, readonly number[], bigint]>([
      [{ ...base, name: pick(['y', 'X', 'x ', '']) }, values, salt],
      [{ ...base, shape: pick([[4], [4, 1], [2, 2], [1, 4, 1]]) }, values, salt],
      [{ ...base, shape: [1, 5] }, [...values, 0], salt],
      [{ ...base, scales: [pick([0.25, 0.5 + 2 ** -52, 1])] }, values, salt],
      [{ ...base, lows: [pick([-1, -50])] }, values, salt],
      [{ ...base, lows: [-1] }, values.map((value) => value - 1), salt],
      [{ ...base, bits: pick([9, 16]) }, values, salt],
      [base, values.with(at, values[at]! + 1 + Math.floor(random() * 50)), salt],
      [base, values.with(at, values[(at + 1) % 4]!).with((at + 1) % 4, values[at]! + 1), salt],
      [base, values, salt + 1n + BigInt(Math.floor(random() * 1000))],
    ])
    for (const [input, integers, blind] of [[base, values, salt] as const, other]) {
      const key = await commitment(input, integers, blind)
      const preimage = JSON.stringify([input, integers, String(blind)])
      expect(seen.get(key) ?? preimage).toBe(preimage)
      seen.set(key, preimage)
    }
  }
  expect(seen.size).toBeGreaterThan(2 * pairs - 50)
})

test('salts are uniform over the field, and drawn afresh', () => {
  const salts = Array.from({ length: 200 }, drawSalt)
  expect(new Set(salts).size).toBe(200)
  expect(salts.every((salt) => salt >= 0n && salt < scalarModulus)).toBe(true)
  const upper = salts.filter((salt) => salt > scalarModulus / 2n).length
  expect(upper).toBeGreaterThan(50)
  expect(upper).toBeLessThan(150)
})
