import type { Command } from 'commander'
import { type FederationFlags, federationOf, withFederation } from '#service/cli/federated-options.js'
import { openToWrite } from '#service/cli/open-chain.js'
import { etherText, sentOutcome } from '#service/cli/sent-outcome.js'
import { formatFacts } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'
import { addWithdrawVerb } from '#service/cli/withdraw-verb.js'

/** `zkserve federated join`, `resign` and `withdraw`: a member's stake. */
export function federatedStakeVerbs(federated: Command, context: VerbContext): void {
  joinVerb(federated, context)
  resignVerb(federated, context)
  addWithdrawVerb<FederationFlags>(federated, context, {
    what: 'rewards, bonds, and stakes that were resigned',
    withPlace: withFederation,
    contractOf: async (chain, flags) => (await federationOf(chain, flags)).rounds,
  })
}

function joinVerb(federated: Command, { report }: VerbContext): void {
  withFederation(
    addCommand(federated, 'join', "put a member's stake in, or fill it up after a penalty"),
  ).action(async (flags: FederationFlags) => {
    const chain = await openToWrite(flags)
    const { joinFederation } = await import('#service/chain/federated/member.js')
    const { readBalances } = await import('#service/chain/federated/read-round.js')
    const { slotOf } = await import('#service/federated/rounds.js')
    const federation = await federationOf(chain, flags)
    const { rounds } = federation
    const account = chain.account.address
    const slot = slotOf(federation, account)
    const { stake } = await readBalances(chain, { rounds, account })
    const amount = federation.stake - stake
    const facts = [
      ['slot', slot],
      ['put in', `${etherText(amount)}`],
    ] as const
    if (amount === 0n) report({ document: { slot, amount }, text: formatFacts(facts) })
    else report(sentOutcome(await joinFederation(chain, { rounds, value: amount }), { slot, amount }, facts))
  })
}

function resignVerb(federated: Command, { report }: VerbContext): void {
  withFederation(
    addCommand(
      federated,
      'resign',
      "credit a member's stake back to it, between the rounds that it commits in",
    ),
  ).action(async (flags: FederationFlags) => {
    const chain = await openToWrite(flags)
    const { resignFromFederation } = await import('#service/chain/federated/member.js')
    const { rounds } = await federationOf(chain, flags)
    const account = chain.account.address
    report(sentOutcome(await resignFromFederation(chain, { rounds }), { account }, [['resigned', account]]))
  })
}
