import type { Command } from 'commander'
import type { ContestEntry, ContestState } from '#service/chain/read-contest.js'
import { type ContestFlags, contestOf, withContest } from '#service/cli/arena-options.js'
import { chainTime, openChain } from '#service/cli/open-chain.js'
import { etherText, percentText, timeText } from '#service/cli/sent-outcome.js'
import { formatFacts, formatTable } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

/** `zkserve arena show`: where a contest stands, and its ranking. */
export function arenaShowVerb(arena: Command, { report }: VerbContext): void {
  withContest(
    addCommand(arena, 'show', "print a contest's terms, where it stands, its entries and their ranking"),
  ).action(async (flags: ContestFlags) => {
    const chain = await openChain(flags)
    const { phaseOf } = await import('#service/arena/settle.js')
    const { readRanking } = await import('#service/chain/arena.js')
    const { readEntries } = await import('#service/chain/read-contest.js')
    const { readCredit } = await import('#service/chain/read-credit.js')
    const { place, state } = await contestOf(chain, flags)
    const phase = phaseOf(state, await chainTime(chain))
    const entries = await readEntries(chain, place.arena, state)
    const ranking = await readRanking(chain, { arena: place.arena, contestId: flags.contest })
    const credits = await Promise.all(
      entries.map(({ entrant }) => readCredit(chain, { contract: place.arena, account: entrant })),
    )
    const listed = entries.map((entry, k) => {
      const place = ranking.findIndex(({ entryId }) => entryId === entry.entryId)
      return { ...entry, place: place + 1, correct: ranking[place]?.correct ?? null, credit: credits[k]! }
    })
    report({
      document: { ...place, ...state, phase, entries: listed },
      text: `${describeContest(state, phase)}\n\n${describeEntries(listed)}`,
    })
  })
}

function describeContest(state: ContestState, phase: string): string {
  return formatFacts([
    ['contest', `${state.contestId}: ${phase}`],
    ['organiser', state.organiser],
    ['prize', `${etherText(state.prize)}, ${state.shares.map(percentText).join(', ')}`],
    ['stake', `${etherText(state.stake)}`],
    ['entries until', timeText(state.entryCloses)],
    [
      'rows revealed until',
      `${timeText(state.revealBy)}: ${state.revealedChunks} of ${state.chunks} chunks are`,
    ],
    ['proofs until', `${timeText(state.proveBy)}: ${state.scored} of ${state.entries} entries have a score`],
    ['test set', `${state.testSet}, ${state.rows} rows`],
    ['evaluator', state.evaluatorId],
  ])
}

/** An entry with its place from 1 on, 0 where it has none. */
interface ListedEntry extends ContestEntry {
  readonly place: number
  readonly correct: number | null
  readonly credit: bigint
}

function describeEntries(entries: readonly ListedEntry[]): string {
  if (entries.length === 0) return 'no entries'
  const rows = entries
    .toSorted((a, b) => (a.place || entries.length + 1) - (b.place || entries.length + 1))
    .map(({ entryId, place, correct, modelId, version, entrant, status, credit }) => [
      place === 0 ? '-' : String(place),
      correct,
      String(entryId),
      `${modelId}:${version}`,
      entrant,
      status,
      etherText(credit),
    ])
  return formatTable(['place', 'right', 'entry', 'model', 'entrant', 'status', 'credit'], rows)
}
