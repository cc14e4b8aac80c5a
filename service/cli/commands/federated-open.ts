import type { Command } from 'commander'
import { amountOption } from '#service/cli/chain-options.js'
import { type FederationFlags, federationOf, withFederation } from '#service/cli/federated-options.js'
import { openToWrite } from '#service/cli/open-chain.js'
import { etherText, sentOutcome, timeText } from '#service/cli/sent-outcome.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

/** `zkserve federated open`: a round, with bond and reward. */
export function federatedOpenVerb(federated: Command, { report }: VerbContext): void {
  withFederation(
    addCommand(federated, 'open', 'open a round: the bond is put in, and a reward; for the coordinator'),
  )
    .addOption(
      amountOption('--reward <amount>', 'shared by the included members, in ether').makeOptionMandatory(),
    )
    .action(async (flags: FederationFlags & { readonly reward: bigint }) => {
      const chain = await openToWrite(flags)
      const { openRound } = await import('#service/chain/federated/coordinator.js')
      const { readRound } = await import('#service/chain/federated/read-round.js')
      const { rounds, bond } = await federationOf(chain, flags)
      const { roundId, transaction } = await openRound(chain, { rounds, value: bond + flags.reward })
      const { commitEnd, handoverEnd, revealEnd, proveEnd, reward } = await readRound(chain, {
        rounds,
        roundId,
      })
      report(
        sentOutcome(transaction, { roundId, reward, bond, commitEnd, handoverEnd, revealEnd, proveEnd }, [
          ['round', String(roundId)],
          ['bond and reward', `${etherText(bond)} and ${etherText(reward)}`],
          ['commitments until', timeText(commitEnd)],
          ['hand-over until', timeText(handoverEnd)],
          ['openings revealed until', timeText(revealEnd)],
          ['proof until', timeText(proveEnd)],
        ]),
      )
    })
}
