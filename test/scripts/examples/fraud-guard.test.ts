import { expect, test } from 'vitest'
import { runFraudGuard } from '#scripts/examples/fraud-guard/run.js'

test('usual payments pass by a real proof, a robbery is held and taken back', {
  timeout: 120_000,
}, async () => {
  const { statuses, refusals } = await runFraudGuard(() => undefined)
  expect(statuses).toEqual(['released', 'released', 'released', 'taken back'])
  expect(refusals).toEqual([
    'PaymentNotReady',
    'StaleFeatures',
    'InvalidProof',
    'InvalidProof',
    'StaleFeatures',
    'NotOwner',
    'NotSpender',
    'NothingToWithdraw',
  ])
})
