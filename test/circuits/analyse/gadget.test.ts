import { describe, expect, test } from 'vitest'
import {
  chooseRescale,
  positivePartCost,
  type RescaleGadget,
  rescaleCost,
  signedBits,
} from '#circuits/analyse/gadget.js'
import { rescaleOffset } from '#circuits/analyse/trace.js'
import { rescaleValue } from '#circuits/qmodel/interpret.js'
import { randomSource } from '../../support/random-graph.js'

/** What the gadgets of circuits/lib/rescale.circom give for an accumulator, or null where they have no witness. */
function carryOut(gadget: RescaleGadget, value: number): number | null {
  if (gadget.kind === 'constant') return gadget.value
  if (gadget.kind === 'identity') return value
  const x = value + rescaleOffset(gadget)
  if (x < 0 || x >= 2 ** gadget.bits) return null
  if (gadget.kind === 'plain') return Math.floor(x / 2 ** gadget.shift) + gadget.base
  const quotient = Math.floor((x - 2 ** (gadget.bits - 1)) / 2 ** gadget.shift)
  return Math.min(Math.max(quotient, 0), 2 ** gadget.width - 1) + gadget.low
}

const rules = [0, 1, 2, 5].flatMap((shift) => [
  { shift, low: null, saturate: null },
  { shift, low: 0, saturate: null },
  ...[1, 2, 3, 4, 8].map((saturate) => ({ shift, low: 0, saturate })),
  ...[-5, 3].flatMap((low) => [null, 2, 4].map((saturate) => ({ shift, low, saturate }))),
])

/** All small ranges around zero, and random ones with ends at powers of two. */
function ranges(): { lo: number; hi: number }[] {
  const random = randomSource(3)
  const small = Array.from({ length: 400 }, () => {
    const lo = Math.floor(random() * 300) - 200
    return { lo, hi: lo + Math.floor(random() * 300) }
  })
  const ends = [-257, -256, -255, -129, -128, -64, -33, -32, -31, -17, -16, -15, -1, 0, 1, 15, 16, 31, 32, 63]
  const tight = ends.flatMap((lo) =>
    [...ends, 127, 128, 255, 256].filter((hi) => hi >= lo).map((hi) => ({ lo, hi })),
  )
  return [...small, ...tight]
}

describe.each(rules)('rescaling by $shift, low $low, saturating at $saturate bits', (rule) => {
  const { shift, low, saturate } = rule
  test('takes a gadget that gives the specified value everywhere in its range', () => {
    for (const range of ranges()) {
      const gadget = chooseRescale(range, rule)
      for (let value = range.lo; value <= range.hi; value++) {
        const expected = rescaleValue(value, shift, low, saturate)
        if (carryOut(gadget, value) !== expected) {
          expect.fail(`${value} of [${range.lo}, ${range.hi}] by ${JSON.stringify(gadget)}`)
        }
      }
    }
  })

  test('keeps the gadget’s precondition, and takes no bit more than the range needs', () => {
    for (const range of ranges()) {
      const gadget = chooseRescale(range, rule)
      if (gadget.kind === 'plain') {
        expect(gadget.bits).toBeGreaterThan(shift)
        expect(shift).toBeGreaterThan(0)
        expect(range.hi + rescaleOffset(gadget)).toBeGreaterThanOrEqual(2 ** (gadget.bits - 1))
      }
      if (gadget.kind === 'relu') {
        expect(gadget.bits - 1).toBeGreaterThan(shift)
        expect(gadget.width).toBeGreaterThan(0)
        const narrower = { ...gadget, bits: gadget.bits - 1 }
        expect([carryOut(narrower, range.lo), carryOut(narrower, range.hi)]).toContain(null)
      }
      expect(rescaleCost(gadget)).toBe(documentedCost(gadget))
    }
  })
})

/** The costs that the headers of circuits/lib/rescale.circom state. */
function documentedCost(gadget: RescaleGadget): number {
  if (gadget.kind === 'plain') return gadget.bits
  if (gadget.kind !== 'relu') return 0
  const above = gadget.bits - 1 - gadget.shift - gadget.width
  return gadget.bits + 1 + (above <= 0 ? 0 : above === 1 ? 1 : above === 2 ? 2 : 3)
}

test('a value that never changes costs nothing', () => {
  expect(chooseRescale({ lo: -90, hi: -3 }, { shift: 2, low: 0, saturate: 8 })).toEqual({
    kind: 'constant',
    value: 0,
  })
  expect(chooseRescale({ lo: 4080, hi: 9999 }, { shift: 4, low: 0, saturate: 8 })).toEqual({
    kind: 'constant',
    value: 255,
  })
})

test('an unsigned value that stays as it is costs nothing', () => {
  const gadget = chooseRescale({ lo: 0, hi: 255 }, { shift: 0, low: 0, saturate: 8 })
  expect(gadget).toEqual({ kind: 'identity' })
})

test('signed widths hold the range, and one bit less would not', () => {
  for (const lo of [-65, -64, -63, -2, -1, 0]) {
    for (const hi of [0, 1, 2, 63, 64, 65]) {
      const bits = signedBits({ lo, hi })
      const holds = (width: number) => lo >= -(2 ** (width - 1)) && hi < 2 ** (width - 1)
      expect(holds(bits)).toBe(true)
      expect(bits === 2 || !holds(bits - 1)).toBe(true)
      expect(positivePartCost(bits)).toBe(bits + 1)
    }
  }
})
