import { describe, expect, test } from 'vitest'
import { readQuotientPoints, writeQuotientPoints } from '#prover/key/quotient-points.js'

const hash = 'ab'.repeat(32)
const points = new Uint8Array(3 * 64).map((_, index) => index)
const written = writeQuotientPoints({ publicCount: 1, wireCount: 3, domainSize: 8, points }, hash)

test('reads what it writes', () => {
  expect(readQuotientPoints(written, hash)).toEqual({ publicCount: 1, wireCount: 3, domainSize: 8, points })
})

describe('refuses', () => {
  const changed = (at: number, value: number): Uint8Array => written.with(at, value)
  test.each([
    ['an empty file', new Uint8Array(0)],
    ['another magic', changed(0, 0)],
    ['another version', changed(4, 2)],
    ['another key', changed(8, 0)],
    ['more public signals than wires', changed(40, 3)],
    ['another count of wires', changed(44, 4)],
    ['something in the reserved bytes', changed(63, 1)],
    ['a file that was cut', written.subarray(0, -1)],
    ['a longer file', new Uint8Array([...written, 0])],
  ])('%s', (_name, bytes) => {
    expect(() => readQuotientPoints(bytes, hash)).toThrow(expect.objectContaining({ code: 'INVALID_KEY' }))
  })
})
