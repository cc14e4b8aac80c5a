import type { Command } from 'commander'
import {
  type FederationFlags,
  federationOf,
  openWithHanded,
  roundOf,
  withRound,
} from '#service/cli/federated-options.js'
import { readJson } from '#service/cli/files.js'
import { openToWrite } from '#service/cli/open-chain.js'
import { sentOutcome, timeText } from '#service/cli/sent-outcome.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

/** `zkserve federated commit`: a member's update, blinded. */
export function federatedCommitVerb(federated: Command, { report }: VerbContext): void {
  withRound(
    addCommand(federated, 'commit <update>', 'commit to an update, JSON {"update": [integers]}; for members'),
  )
    .requiredOption('--out <file>', 'new file with the signed opening, to be handed to the coordinator alone')
    .action(async (path: string, flags: FederationFlags & { readonly out: string }) => {
      const { makePrivateFile } = await import('#prover/bundle/files.js')
      const { sendCommitment } = await import('#service/chain/federated/member.js')
      const { handedText, parseUpdate } = await import('#service/federated/private-files.js')
      const { makeUpdate } = await import('#service/federated/rounds.js')
      const value = await readJson(path, 'INVALID_INPUT')
      const chain = await openToWrite(flags)
      const federation = await federationOf(chain, flags)
      const round = await roundOf(chain, federation, flags)
      const handed = await makeUpdate(chain, federation, round, parseUpdate(value, federation.rules))
      await makePrivateFile(flags.out, handedText(handed))
      const transaction = await sendCommitment(chain, handed)
      const { roundId, slot, commitment } = handed
      report(
        sentOutcome(transaction, { roundId, slot, commitment, file: flags.out }, [
          ['round', String(roundId)],
          ['slot', slot],
          ['commitment', String(commitment)],
          ['file (for the coordinator alone)', flags.out],
          ['hand it over until', timeText(round.handoverEnd)],
        ]),
      )
    })
}

/** `zkserve federated reveal`: an update that the coordinator left out. */
export function federatedRevealVerb(federated: Command, { report }: VerbContext): void {
  withRound(
    addCommand(
      federated,
      'reveal <opening>',
      'show an update on chain that was not acknowledged: it is public, and must be included',
    ),
  ).action(async (path: string, flags: FederationFlags) => {
    const { revealUpdate } = await import('#service/chain/federated/member.js')
    const { chain, handed } = await openWithHanded(path, flags)
    const { roundId, slot } = handed
    report(
      sentOutcome(await revealUpdate(chain, handed), { roundId, slot }, [
        ['round', String(roundId)],
        ['revealed', `slot ${slot}`],
      ]),
    )
  })
}
