import { expect, test } from 'vitest'
import { runTrace } from '#scripts/examples/trace/run.js'

test('a lot is delivered by proven steps, another is spoiled, and attacks are refused', {
  timeout: 120_000,
}, async () => {
  const { statuses, refusals, verified } = await runTrace(() => undefined)
  expect(statuses).toEqual(['delivered', 'spoiled'])
  expect(verified.map(({ valid }) => valid)).toEqual([true, true])
  expect(refusals).toEqual([
    ...['StepMisplaced', 'NotOffered', 'TraceBehind', 'StateMismatch', 'ReadingsNotAttested'],
    ...['InvalidProof', 'NotCustodian', 'StepMisplaced', 'StepMisplaced', 'LotNotOpen'],
    ...['StepMisplaced', 'LotNotOpen'],
  ])
})
