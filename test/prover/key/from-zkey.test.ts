import { beforeAll, expect, test } from 'vitest'
import { readZkeySizes, verificationKeyFromZkey } from '#prover/key/from-zkey.js'
import { provenCircuit } from '../../support/proven-circuit.js'
import { RandomSource } from '../../support/random-source.js'

let zkey: Uint8Array
beforeAll(async () => {
  zkey = (await provenCircuit()).zkey
})

test('reads the sizes', () => {
  expect(readZkeySizes(zkey)).toEqual({ wireCount: 7, publicCount: 3, domainSize: 8 })
})

test('every truncation is refused by code', () => {
  for (let length = 0; length < zkey.length; length += length < 900 ? 1 : 97) {
    expect(() => readZkeySizes(zkey.subarray(0, length))).toThrow(
      expect.objectContaining({ code: 'INVALID_KEY' }),
    )
  }
})

test('changed bytes give another key or a code, never another error or a hang', () => {
  const random = new RandomSource(15)
  for (let round = 0; round < 300; round++) {
    const changed = zkey.slice()
    changed[random.below(round % 2 === 0 ? 900 : zkey.length)] = random.pick([0, 1, 0x80, 0xff])
    try {
      verificationKeyFromZkey(changed)
    } catch (error) {
      expect(error).toMatchObject({ name: 'ZkserveError', code: 'INVALID_KEY' })
    }
  }
})

test('points that are all zero or all ones end, too', () => {
  for (const value of [0, 0xff]) {
    const changed = zkey.slice()
    changed.fill(value, 12 + 16 + 12 + 84, 12 + 16 + 12 + 660)
    expect(verificationKeyFromZkey(changed).nPublic).toBe(3)
  }
})
