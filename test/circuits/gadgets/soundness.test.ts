import { beforeAll, expect, test } from 'vitest'
import { batchSource, honestClaims } from '../../support/circuit/batch.js'
import { compileNamed } from '../../support/circuit/compile.js'
import { type Claim, findForgery } from '../../support/circuit/forge.js'
import { gadgetInstances } from '../../support/circuit/gadgets.js'
import { type Part, splitParts } from '../../support/circuit/part.js'

const includes = ['bits.circom', 'rescale.circom', 'maximum.circom']
let parts: Part[]
let claims: Claim[][]

beforeAll(async () => {
  const circuit = await compileNamed(batchSource(gadgetInstances, includes))
  parts = splitParts(
    circuit,
    gadgetInstances.map(({ name }) => name),
  )
  claims = await honestClaims(circuit, gadgetInstances, parts)
})

test.each(gadgetInstances.map(({ name, widths }, at) => ({ name, widths, at })))(
  '$name has one output on every input in range, and no witness on others',
  ({ widths, at }) => {
    const part = parts[at]!
    expect(claims[at]!.length).toBeGreaterThanOrEqual(10)
    for (const claim of claims[at]!) {
      if (claim.expected) expect(part.outputs.map((wire) => claim.honest![wire]!)).toEqual(claim.expected)
      expect(findForgery(part, claim, widths), `${claim.inputs}`).toMatchObject({
        forged: null,
        proven: true,
      })
    }
  },
)
