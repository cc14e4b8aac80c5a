import type { Command } from 'commander'
import type { Federation } from '#service/chain/federated/read-round.js'
import {
  type FederationFlags,
  federationOf,
  type KnownRound,
  roundOf,
  withRound,
} from '#service/cli/federated-options.js'
import { readJson } from '#service/cli/files.js'
import { chainTime, openChain } from '#service/cli/open-chain.js'
import { etherText, timeText } from '#service/cli/sent-outcome.js'
import { type Cell, formatFacts, formatTable } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

/** `zkserve federated show`: where a federation and its round stand. */
export function federatedShowVerb(federated: Command, { report }: VerbContext): void {
  withRound(addCommand(federated, 'show', "print a federation's terms, its round, and who is in"))
    .option('--weights <file>', 'check that these weights open the commitment on chain')
    .action(async (flags: FederationFlags & { readonly weights?: string }) => {
      const chain = await openChain(flags)
      const { readBalances } = await import('#service/chain/federated/read-round.js')
      const { parseWeights } = await import('#service/federated/private-files.js')
      const { phaseOf } = await import('#service/federated/rounds.js')
      const federation = await federationOf(chain, flags)
      const { rounds, rules } = federation
      const none = federation.roundCount === 0n && flags.round === undefined
      const round = none ? null : await roundOf(chain, federation, flags)
      const phase = round === null ? null : phaseOf(round, await chainTime(chain))
      if (flags.weights !== undefined)
        await parseWeights(await readJson(flags.weights, 'INVALID_INPUT'), rules, federation.weights)
      const members = await Promise.all(
        federation.members.map(async (account, slot) => ({
          ...{ slot, account, ...(await readBalances(chain, { rounds, account })) },
          state: stateOf(round, slot),
        })),
      )
      const rows = members.map(({ slot, account, state, stake, credit }) => [
        ...[slot, account, state, etherText(stake), etherText(credit)],
      ])
      const facts = describeFederation(federation, round, phase, flags.weights)
      report({
        document: {
          ...{ ...federation, round: round === null ? null : { ...round, phase }, members },
          ...(flags.weights === undefined ? {} : { weightsOpen: true }),
        },
        text: `${formatFacts(facts)}\n\n${formatTable(['slot', 'member', 'update', 'stake', 'credit'], rows)}`,
      })
    })
}

/** What became of a member's update. */
function stateOf(round: KnownRound | null, slot: number): string {
  if (round === null) return '-'
  if (round.slashed.includes(slot)) return 'slashed'
  if (round.ready.includes(slot)) return 'included'
  return round.committed.includes(slot) ? 'committed' : '-'
}

function describeFederation(
  { rounds, coordinator, rules, weights, stake, bond, pot }: Federation,
  round: KnownRound | null,
  phase: string | null,
  file: string | undefined,
): (readonly [string, Cell])[] {
  const { size, updateBits, clipBits, weightBits } = rules
  return [
    ['rounds', rounds],
    ['coordinator', coordinator],
    ['weights', `${size} of ${weightBits} bits; updates of ${updateBits}, clipped to ${clipBits}`],
    ['commitment to the weights', String(weights)],
    ...(file === undefined ? [] : ([[`"${file}"`, 'opens it']] as const)),
    ['stake, bond, pot', [stake, bond, pot].map(etherText).join(', ')],
    ...(round === null
      ? ([['round', 'none yet']] as const)
      : ([
          ['round', `${round.roundId}: ${phase}`],
          ['reward', `${etherText(round.reward)}`],
          ['commitments until', timeText(round.commitEnd)],
          ['hand-over until', timeText(round.handoverEnd)],
          ['openings revealed until', timeText(round.revealEnd)],
          ['proof until', timeText(round.proveEnd)],
        ] as const)),
  ]
}
