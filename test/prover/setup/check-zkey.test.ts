import { describe, expect, test } from 'vitest'
import { g1Bytes, g2Bytes, zkeyHeader, zkeyKind, zkeySection } from '#prover/key/zkey-format.js'
import { readSections } from '#prover/r1cs/container.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { checkZkey } from '#prover/setup/check-zkey.js'
import { developmentSetup } from '#prover/setup/development.js'
import { syntheticCircuit } from '#scripts/bench/synthetic-circuit.js'
import { writeR1cs } from '../../support/r1cs-writer.js'
import { randomCircuit } from '../../support/random-circuit.js'
import { RandomSource } from '../../support/random-source.js'

test('random circuits’ keys hold', async () => {
  const random = new RandomSource(51)
  for (let round = 0; round < 5; round++) {
    const r1cs = readR1cs(writeR1cs(randomCircuit(random).circuit))
    const { zkey, verificationKey } = await developmentSetup(r1cs)
    checkZkey(zkey, r1cs, verificationKey)
  }
})

describe('a key is refused', async () => {
  const { r1cs } = syntheticCircuit(200)
  const keys = await developmentSetup(r1cs)
  const { wireCount, publicCount } = r1cs
  /** Puts one point in another's place. */
  function moved(type: number, from: number, to: number, size: number): Uint8Array {
    const zkey = keys.zkey.slice()
    readSections(zkey, zkeyKind)
      .get(type)!
      .copyWithin(to * size, from * size, (from + 1) * size)
    return zkey
  }
  /** Puts α in another point's place. */
  function withHeader(to: number): Uint8Array {
    const zkey = keys.zkey.slice()
    const header = readSections(zkey, zkeyKind).get(zkeySection.header)!
    header.copyWithin(to, zkeyHeader.alpha1, zkeyHeader.beta1)
    return zkey
  }
  test.each([
    ['β in G1', withHeader(zkeyHeader.beta1), /another β/],
    ['δ in G1', withHeader(zkeyHeader.delta1), /another δ/],
    ['a point of B1', moved(zkeySection.b1, 6, 7, g1Bytes), /another B/],
    ['a point of B2', moved(zkeySection.b2, 6, 7, g2Bytes), /another B/],
    ['a point of H', moved(zkeySection.h, 6, 7, g1Bytes), /H that/],
    ['a point of A', moved(zkeySection.a, 6, 7, g1Bytes), /private wires/],
    ['a point of K', moved(zkeySection.c, 6, 7, g1Bytes), /private wires/],
    ['a coefficient', moved(zkeySection.coefficients, 5, 6, 44), /coefficients/],
  ])('with %s changed', (_name, zkey, message) => {
    expect(zkey).not.toEqual(keys.zkey)
    expect(() => checkZkey(zkey, r1cs, keys.verificationKey)).toThrow(message)
  })

  test('that is another circuit’s, or has another verifying key', async () => {
    const other = await developmentSetup(r1cs)
    expect(() => checkZkey(keys.zkey, r1cs, other.verificationKey)).toThrow('another verifying key')
    const larger = { ...r1cs, wireCount: wireCount + 1, publicCount }
    expect(() => checkZkey(keys.zkey, larger, keys.verificationKey)).toThrow('another size')
    checkZkey(keys.zkey, r1cs, keys.verificationKey)
  })
})
