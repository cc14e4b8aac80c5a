import { getContractAddress } from 'viem'
import { type FixtureChain, writeLanesFixture } from '#scripts/contracts/lanes-fixture.js'
import { thresholdOf } from '#scripts/examples/crop-insurance/features.js'
import { suspicious } from '#scripts/examples/fraud-guard/model.js'
import { lanesOf, type PaymentFeatures } from '#scripts/models/fraud-risk/features.js'

const [day, hours] = [86_400, 3_600]

/** As test/utils/Purse.sol plays it: payment 1, of 5,000 units, 40 days and two hours after the account was opened. */
const harmless: PaymentFeatures = {
  ...{ amount: 5_000, count: 1, sum: 5_000, known: 1, largest: 5_000 },
  ...{ age: 40 * day + 2 * hours, idle: 10 * day + 2 * hours, hour: 10 },
}

/** Payment 2, ten minutes later: a thief's. */
const stolen: PaymentFeatures = {
  ...{ amount: 200_000, count: 2, sum: 205_000, known: 0, largest: 5_000 },
  ...{ age: harmless.age + 600, idle: 600, hour: 10 },
}

/** Makes payments.json: proofs of the real model for a contract that the deployer creates at nonce 2. */
export async function makePaymentsFixtures(fixtures: string, chain: FixtureChain): Promise<void> {
  const payments = getContractAddress({ from: chain.deployer, nonce: 2n })
  await writeLanesFixture(`${fixtures}/payments.json`, 'fraud-risk', chain, async (bundle, prove) => ({
    ...{ payments, threshold: thresholdOf(bundle, suspicious) },
    harmless: await prove(lanesOf(harmless), { requester: payments, nonce: 1n }),
    stolen: await prove(lanesOf(stolen), { requester: payments, nonce: 2n }),
    otherPayment: await prove(lanesOf(harmless), { requester: payments, nonce: 2n }),
    otherChain: await prove(lanesOf(harmless), { requester: payments, nonce: 1n, chainId: 1 }),
    otherContract: await prove(lanesOf(harmless), { requester: chain.deployer, nonce: 1n }),
  }))
}
