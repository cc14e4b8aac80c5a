import { getContractAddress } from 'viem'
import { type FixtureChain, writeLanesFixture } from '#scripts/contracts/lanes-fixture.js'
import { thresholdOf } from '#scripts/examples/crop-insurance/features.js'
import { tempting, usual } from '#scripts/examples/risk-rule/markets.js'
import { lanesOf } from '#scripts/models/strategy-outlook/features.js'

/** Makes vault.json: proofs of the real model for a vault that the deployer creates at nonce 2, and its markets. */
export async function makeVaultFixtures(fixtures: string, chain: FixtureChain): Promise<void> {
  const vault = getContractAddress({ from: chain.deployer, nonce: 2n })
  await writeLanesFixture(`${fixtures}/vault.json`, 'strategy-outlook', chain, async (bundle, prove) => {
    const [calm, lure] = [lanesOf(byStrategy(usual)), lanesOf(byStrategy(tempting))]
    return {
      ...{ vault, one: thresholdOf(bundle, 1) },
      usual: await prove(calm, { requester: vault, nonce: 4n }),
      // One move and four observations later.
      tempting: await prove(lure, { requester: vault, nonce: 9n }),
      otherPrices: await prove(calm, { requester: vault, nonce: 9n }),
      otherChain: await prove(calm, { requester: vault, nonce: 4n, chainId: 1 }),
      otherContract: await prove(calm, { requester: chain.deployer, nonce: 4n }),
    }
  })
}

function byStrategy(days: readonly (readonly number[])[]): number[][] {
  return days[0]!.map((_, k) => days.map((changes) => changes[k]!))
}
