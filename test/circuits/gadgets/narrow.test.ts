import { expect, test } from 'vitest'
import { chooseRescale } from '#circuits/analyse/gadget.js'
import { rescaleValue } from '#circuits/qmodel/interpret.js'
import { honestClaims } from '../../support/circuit/batch.js'
import { searchForgery } from '../../support/circuit/forge.js'
import { narrowModels } from '../../support/circuit/narrow-models.js'
import { networkBatch } from '../../support/circuit/network-batch.js'

test('models with ranges of one or two values compile, cost what is predicted, and are sound', async () => {
  const { batch, instances } = await networkBatch(narrowModels.map((model) => ({ model, mode: 'public' })))
  const claims = await honestClaims(batch, instances)
  batch.parts.forEach((part, k) => {
    expect(part.constraintCount, part.name).toBe(instances[k]!.cost)
    for (const claim of claims[k]!) {
      const honest = claim.honest && part.outputs.map((wire) => claim.honest![wire]!)
      expect(honest, part.name).toEqual(claim.expected)
      const report = searchForgery(part, claim, instances[k]!.widths)
      expect(report, `${part.name}: ${claim.inputs}`).toMatchObject({ forged: null, proven: true })
    }
  })
})

test('the gadget chosen for a range holds every value of it', () => {
  for (let lo = -20; lo <= 20; lo++) {
    for (let hi = lo; hi <= 20; hi++) {
      for (const shift of [0, 1, 2, 3]) {
        for (const saturate of [null, 1, 2]) {
          for (const low of saturate === null ? [null, 0] : [0]) {
            const gadget = chooseRescale({ lo, hi }, { shift, low, saturate })
            for (let x = lo; x <= hi; x++) expectFits(gadget, x, rescaleValue(x, shift, low, saturate))
          }
        }
      }
    }
  }
})

/** Runs the gadget's definition, as the headers of circuits/lib give it, on one accumulator. */
function expectFits(gadget: ReturnType<typeof chooseRescale>, x: number, expected: number): void {
  const computed = () => {
    if (gadget.kind === 'constant') return gadget.value
    if (gadget.kind === 'identity') return x
    const v = x + (gadget.shift === 0 ? 0 : 2 ** (gadget.shift - 1))
    if (gadget.kind === 'plain') {
      const lane = v - gadget.base * 2 ** gadget.shift
      if (gadget.bits <= gadget.shift || gadget.shift === 0 || lane < 0 || lane >= 2 ** gadget.bits)
        return null
      return Math.floor(lane / 2 ** gadget.shift) + gadget.base
    }
    const half = 2 ** (gadget.bits - 1)
    if (gadget.bits - 1 <= gadget.shift || gadget.width < 1 || v < -half || v >= half) return null
    return Math.min(Math.max(Math.floor(v / 2 ** gadget.shift), 0), 2 ** gadget.width - 1)
  }
  if (computed() !== expected + 0)
    expect.fail(`${JSON.stringify(gadget)} on ${x}: ${computed()}, not ${expected}`)
}
