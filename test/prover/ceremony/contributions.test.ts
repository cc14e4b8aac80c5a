import { expect, test } from 'vitest'
import { isPrintable, parseContributions } from '#prover/ceremony/contributions.js'
import { toLittleEndian } from '#prover/curve/bytes.js'
import { CurveEngine } from '#prover/curve/engine.js'
import { RandomSource } from '../../support/random-source.js'

const engine = new CurveEngine()
const g1 = engine.bytes(engine.g1Generator, 64).slice()
const g2 = engine.bytes(engine.g2Generator, 128).slice()

function number(value: number): Uint8Array {
  return toLittleEndian(BigInt(value)).subarray(0, 4)
}

/** A contribution with generators for points. */
function contribution(type: number, parameters: readonly number[], points = [g1, g1, g1, g2]): Uint8Array {
  const transcript = new Uint8Array(64).fill(9)
  return Buffer.concat([
    ...points,
    transcript,
    number(type),
    number(parameters.length),
    Buffer.from(parameters),
  ])
}

function section(...contributions: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([new Uint8Array(64).fill(0xab), number(contributions.length), ...contributions])
}

const named = [1, 2, 0x41, 0xc3]
const value = Array.from({ length: 16 }, (_, i) => i)
const beacon = [1, 1, 0x42, 2, 10, 3, 16, ...value]

test('a key without contributions has none', () => {
  expect(parseContributions(section())).toEqual({ circuit: 'ab'.repeat(64), contributions: [] })
})

test('names, beacons and neither are read', () => {
  const { contributions } = parseContributions(
    section(contribution(0, []), contribution(0, named.with(3, 0x42)), contribution(1, beacon)),
  )
  expect(contributions.map(({ name, beacon }) => ({ name, beacon }))).toEqual([
    { name: '', beacon: null },
    { name: 'AB', beacon: null },
    { name: 'B', beacon: { value: '000102030405060708090a0b0c0d0e0f', iterations: 10 } },
  ])
  expect(new Set(contributions.map(({ hash }) => hash)).size).toBe(1)
})

const infinity = new Uint8Array(64)
const tooLarge = g1.with(31, 0xff)
const offCurve = g1.with(0, g1[0]! ^ 1)
const offTwist = g2.with(0, g2[0]! ^ 1)

test.each<[string, Uint8Array]>([
  ['a beacon without value', section(contribution(1, [2, 10]))],
  ['a beacon of another type', section(contribution(0, beacon))],
  ['a plain one with the type of a beacon', section(contribution(1, []))],
  ['an unknown type', section(contribution(2, []))],
  ['an unknown parameter', section(contribution(0, [4, 0]))],
  ['parameters out of order', section(contribution(1, [3, 16, ...value, 2, 10]))],
  ['two names', section(contribution(0, [1, 1, 0x41, 1, 1, 0x41]))],
  ['a name beyond the parameters', section(contribution(0, [1, 5, 0x41]))],
  ['a name that moves the cursor', section(contribution(0, [1, 2, 0x1b, 0x5b]))],
  ['a beacon that takes for ever', section(contribution(1, beacon.with(4, 63)))],
  ['a short beacon', section(contribution(1, [2, 10, 3, 2, 1, 2]))],
  ['infinity', section(contribution(0, [], [infinity, g1, g1, g2]))],
  ['a coordinate of q and more', section(contribution(0, [], [g1, tooLarge, g1, g2]))],
  ['a point off the curve', section(contribution(0, [], [g1, g1, offCurve, g2]))],
  ['a point off the twist', section(contribution(0, [], [g1, g1, g1, offTwist]))],
  ['a byte too many', Buffer.concat([section(contribution(0, [])), Buffer.of(0)])],
  ['more than it holds', Buffer.concat([new Uint8Array(64), number(5)])],
  ['a claim of billions', Buffer.concat([new Uint8Array(64), Buffer.alloc(4, 0xff)])],
])('%s is refused', (_name, bytes) => {
  expect(() => parseContributions(bytes)).toThrow(expect.objectContaining({ code: 'INVALID_CEREMONY' }))
})

test('changed and cut bytes give a chain or a code, never another error', () => {
  const random = new RandomSource(5)
  const whole = section(contribution(0, [1, 1, 0x41]), contribution(1, beacon))
  for (let round = 0; round < 300; round++) {
    const changed = whole.slice(0, round % 3 === 0 ? random.below(whole.length) : whole.length)
    for (let i = 0; i < 2 && changed.length > 0; i++)
      changed[random.below(changed.length)] = random.below(256)
    try {
      parseContributions(changed)
    } catch (error) {
      expect(error).toMatchObject({ name: 'ZkserveError', code: 'INVALID_CEREMONY' })
    }
  }
})

test('letters of any language can be printed, what moves them cannot', () => {
  for (const name of ['Grace Hopper', 'Ömer', '王小明', 'Ada 👩\u200d💻'])
    expect(isPrintable(name)).toBe(true)
  for (const name of ['a\tb', 'a\u009bm', 'a\u2028b', 'a\u202eb']) expect(isPrintable(name)).toBe(false)
})
