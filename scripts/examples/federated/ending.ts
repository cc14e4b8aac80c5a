import { formatEther } from 'viem'
import type { Rows } from '#scripts/examples/federated/learning.js'
import {
  type Conduct,
  type FederationState,
  handOver,
  startRound,
} from '#scripts/examples/federated/round.js'
import type { FederationStage } from '#scripts/examples/federated/stage.js'
import { sayCosts } from '#scripts/examples/say-costs.js'
import { endRound } from '#service/chain/federated/coordinator.js'
import { resignFromFederation } from '#service/chain/federated/member.js'
import { readBalances, readRound } from '#service/chain/federated/read-round.js'
import { withdrawCredit } from '#service/chain/withdraw-credit.js'
import type { Say } from '#service/demo/options.js'

const conducts: readonly Conduct[] = ['honest', 'honest', 'honest', 'absent', 'absent']

/** A round whose proof never comes. @returns how it ended */
export async function forfeitRound(
  stage: FederationStage,
  state: FederationState,
  shares: readonly Rows[],
  say: Say,
): Promise<string> {
  const { rounds, coordinator, members, passPeriods, spend } = stage
  const { roundId } = await startRound(stage, state, shares, conducts).then(async (open) => {
    await passPeriods(1)
    await handOver(stage, state, open, conducts)
    return open
  })
  await passPeriods(3)
  spend('end a round without a proof', await endRound(members[0]!, { rounds, roundId }))
  const { status } = await readRound(coordinator, { rounds, roundId })
  say(`   A last round is acknowledged and never proven: ${status}; three clients share the bond`)
  return status
}

/** Everybody leaves with what is theirs. @returns by slot, what they had to withdraw and at stake before, in wei */
export async function settleUp(
  { members, rounds, spend, costs }: FederationStage,
  say: Say,
): Promise<{ readonly credits: readonly bigint[]; readonly stakes: readonly bigint[] }> {
  const balances = await Promise.all(
    members.map((member) => readBalances(member, { rounds, account: member.account.address })),
  )
  say('   earned and left at stake, in ether')
  for (const [slot, { credit, stake }] of balances.entries()) {
    say(`   client ${slot + 1} ${formatEther(credit).slice(0, 8).padEnd(10)} ${formatEther(stake)}`)
    const member = members[slot]!
    if (stake > 0n) spend('resign', await resignFromFederation(member, { rounds }))
    if (stake + credit > 0n)
      spend('withdraw', (await withdrawCredit(member, { contract: rounds })).transaction)
  }
  sayCosts(costs, say)
  return { credits: balances.map(({ credit }) => credit), stakes: balances.map(({ stake }) => stake) }
}
