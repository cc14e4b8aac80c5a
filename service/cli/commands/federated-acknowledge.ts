import type { Command } from 'commander'
import {
  type FederationFlags,
  federationOf,
  openWithHanded,
  readHanded,
  roundOf,
  withRound,
} from '#service/cli/federated-options.js'
import { openToWrite } from '#service/cli/open-chain.js'
import { sentOutcome } from '#service/cli/sent-outcome.js'
import { formatTable } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

/** `zkserve federated acknowledge`: binds the coordinator to the updates that are good. */
export function federatedAcknowledgeVerb(federated: Command, { report }: VerbContext): void {
  withRound(
    addCommand(
      federated,
      'acknowledge <openings...>',
      'check the openings that members handed over, and acknowledge those that are good; for the coordinator',
    ),
  ).action(async (paths: readonly string[], flags: FederationFlags) => {
    const chain = await openToWrite(flags)
    const { acknowledgeUpdates } = await import('#service/chain/federated/coordinator.js')
    const { judgeUpdate } = await import('#service/federated/rounds.js')
    const federation = await federationOf(chain, flags)
    const round = await roundOf(chain, federation, flags)
    const handed = await readHanded(paths, round, federation)
    const judged = await Promise.all(
      handed.map(async (update, k) => ({
        slot: update.slot,
        file: paths[k]!,
        state: await judgeUpdate(chain, federation, round, update),
      })),
    )
    const slots = judged.flatMap(({ slot, state }) =>
      state === 'good' && !round.ready.includes(slot) ? [slot] : [],
    )
    const { rounds } = federation
    const { roundId } = round
    const sent = slots.length === 0 ? null : await acknowledgeUpdates(chain, { rounds, roundId, slots })
    const gasUsed = Number(sent?.gasUsed ?? 0)
    report({
      document: { roundId, acknowledged: slots, updates: judged, transaction: sent?.hash ?? null, gasUsed },
      text: formatTable(
        ['slot', 'file', 'update', 'acknowledged now'],
        judged.map(({ slot, file, state }) => [slot, file, state, slots.includes(slot) ? 'yes' : 'no']),
      ),
      exitCode: judged.every(({ state }) => state === 'good') ? 0 : 1,
    })
  })
}

/** `zkserve federated report`: has the member of a false update slashed. */
export function federatedReportVerb(federated: Command, { report }: VerbContext): void {
  withRound(
    addCommand(
      federated,
      'report <opening>',
      'have the member slashed whose opening is malformed, or signed and not its own; anyone may',
    ),
  ).action(async (path: string, flags: FederationFlags) => {
    const { reportUpdate } = await import('#service/federated/rounds.js')
    const { chain, federation, round, handed } = await openWithHanded(path, flags)
    const { fault, transaction } = await reportUpdate(chain, federation, round, handed)
    const { roundId, slot } = handed
    report(
      sentOutcome(transaction, { roundId, slot, fault }, [
        ['round', String(roundId)],
        ['slashed', `slot ${slot}: its update is ${fault}`],
      ]),
    )
  })
}
