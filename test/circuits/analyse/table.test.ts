import { describe, expect, test } from 'vitest'
import { cheapestLookUp, lookUpConstraints } from '#circuits/analyse/look-up.js'
import { chooseTable, type TableGadget, type TableRule, tableOffset } from '#circuits/analyse/table.js'
import { rescaleValue } from '#circuits/qmodel/interpret.js'
import { randomSource } from '../../support/random-graph.js'

/** What `Table` of circuits/lib/table.circom gives for an accumulator, or null where it has no witness. */
function carryOut(gadget: TableGadget, value: number): number | null {
  if (gadget.kind === 'constant') return gadget.value
  const { bits, shift, keyBits, position, entries, least } = gadget
  const x = value + tableOffset(gadget)
  if (x < 0 || x >= 2 ** bits) return null
  const key = Math.floor(x / 2 ** shift) - position * 2 ** keyBits
  return entries[Math.min(Math.max(key, 0), 2 ** keyBits - 1)]! + least
}

const tabulate = (bits: number, of: (key: number) => number) =>
  Int32Array.from({ length: 2 ** bits }, (_, key) => of(key - 2 ** (bits - 1)))

const any = randomSource(5)
const functions: readonly (readonly [string, (key: number) => number])[] = [
  ['sigmoid', (key) => Math.round(255 / (1 + Math.exp(-key / 16)))],
  ['tanh', (key) => Math.round(127 * Math.tanh(key / 16))],
  ['leakyRelu', (key) => (key < 0 ? Math.round(key / 100) : key)],
  ['exp', (key) => Math.round(255 * Math.exp((key - 127) / 32))],
  ['abs', (key) => Math.abs(key)],
  ['any', () => Math.floor(any() * 256)],
]

const ranges = [
  [-100, 90],
  [-128, 127],
  [-130, 127],
  [-128, 140],
  [-900, 3000],
  [0, 90],
  [20, 700],
  [-2000, -3],
  [-40_000, 50_000],
] as const

describe.each(functions)('a table of %s', (_, of) => {
  test.each(ranges)('gives the specified value everywhere in [%d, %d]', (lo, hi) => {
    for (const [shift, low, bits] of [
      [0, -128, 8],
      [2, -128, 8],
      [3, -8, 4],
    ] as const) {
      const rule: TableRule = { shift, low, bits, table: tabulate(bits, of) }
      const gadget = chooseTable({ lo, hi }, rule)
      for (let value = lo; value <= hi; value++) {
        const expected = rule.table[rescaleValue(value, shift, low, bits) - low]!
        if (carryOut(gadget, value) !== expected) expect.fail(`${value}: ${carryOut(gadget, value)}`)
      }
    }
  })
})

test('costs on top of the bits are those written down', () => {
  const range = { lo: -128 * 16, hi: 127 * 16 }
  const costs = functions.map(([name, of]) => {
    const gadget = chooseTable(range, { shift: 4, low: -128, bits: 8, table: tabulate(8, of) })
    return [name, gadget.kind === 'lookUp' ? gadget.constraints - gadget.bits : 0]
  })
  expect(Object.fromEntries(costs)).toMatchInlineSnapshot(`
    {
      "abs": 1,
      "any": 26,
      "exp": 25,
      "leakyRelu": 6,
      "sigmoid": 26,
      "tanh": 20,
    }
  `)
})

test('no table of 8 bits costs more than 26, none of 12 bits more than 120', () => {
  const random = randomSource(8)
  for (const [bits, most] of [
    [4, 4],
    [8, 26],
    [12, 120],
  ] as const) {
    const table = Array.from({ length: 2 ** bits }, () => Math.floor(random() * 2 ** 20))
    expect(cheapestLookUp(table, true, false).constraints).toBe(most)
  }
})

test('a table that is a sum of key bits is one sum, and nothing where it is one bit', () => {
  expect(lookUpConstraints([1, 3, 5, 7], 1, true, false)).toBe(1)
  expect(lookUpConstraints([0, 0, 1, 1], 1, true, false)).toBe(0)
  expect(lookUpConstraints([0, 1, 0, 1], 1, true, false)).toBe(0)
  expect(lookUpConstraints([0, 1, 0, 1], 1, true, true)).toBe(1)
})
