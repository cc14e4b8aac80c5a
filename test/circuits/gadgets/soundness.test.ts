import { beforeAll, expect, test } from 'vitest'
import { rescaleValue } from '#circuits/qmodel/interpret.js'
import { type Batch, compileBatch, honestClaims } from '../../support/circuit/batch.js'
import { clamp, floorShift } from '../../support/circuit/claims.js'
import { type Claim, mutateAndRepair, searchForgery } from '../../support/circuit/forge.js'
import { gadgetInstances } from '../../support/circuit/gadgets.js'

let batch: Batch
let claims: Claim[][]

beforeAll(async () => {
  batch = await compileBatch(gadgetInstances, [
    'bits.circom',
    'rescale.circom',
    'maximum.circom',
    'table.circom',
  ])
  claims = await honestClaims(batch, gadgetInstances)
})

test.each(gadgetInstances.map(({ name, widths }, at) => ({ name, widths, at })))(
  '$name has one output on every input in range, and no witness on others',
  ({ widths, at }) => {
    const part = batch.parts[at]!
    expect(claims[at]!.length).toBeGreaterThanOrEqual(20)
    for (const claim of claims[at]!) {
      if (claim.expected) expect(part.outputs.map((wire) => claim.honest![wire]!)).toEqual(claim.expected)
      const report = searchForgery(part, claim, widths)
      expect(report, `x = ${claim.inputs}`).toMatchObject({ forged: null, proven: true })
      expect(mutateAndRepair(part, claim, widths)).toBeNull()
    }
  },
)

test('the claims of a rescale are what the interpreter computes, ties and negatives included', () => {
  for (const [s, w] of [
    [1, 2],
    [3, 2],
    [4, 8],
  ] as const) {
    const half = 2 ** (s - 1)
    for (let x = -300; x <= 300; x++) {
      const rounded = floorShift(BigInt(x + half), s)
      expect(Number(rounded)).toBe(rescaleValue(x, s, null, null) + 0)
      expect(Number(clamp(rounded, w))).toBe(rescaleValue(x, s, 0, w) + 0)
    }
  }
})
