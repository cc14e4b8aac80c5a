import type { Command } from 'commander'
import { arenaOption, type ContestFlags, contestOf, withContest } from '#service/cli/arena-options.js'
import { type ChainFlags, withChain } from '#service/cli/chain-options.js'
import { chainTime, openToWrite, requireContract } from '#service/cli/open-chain.js'
import { formatFacts } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'
import { addWithdrawVerb } from '#service/cli/withdraw-verb.js'

/** `zkserve arena settle` and `withdraw`: the contest's end. */
export function arenaEndVerbs(arena: Command, context: VerbContext): void {
  settleVerb(arena, context)
  addWithdrawVerb<ChainFlags & Pick<ContestFlags, 'arena'>>(arena, context, {
    what: 'prizes and stakes of all contests',
    withPlace: (command) => withChain(command).addOption(arenaOption()),
    contractOf: (chain, flags) => requireContract(chain, 'Arena', flags.arena),
  })
}

function settleVerb(arena: Command, { report }: VerbContext): void {
  withContest(
    addCommand(
      arena,
      'settle',
      'end a contest: share the prize, or give all back where nobody proved or the rows were not revealed; anyone may',
    ),
  ).action(async (flags: ContestFlags) => {
    const chain = await openToWrite(flags)
    const { endContest } = await import('#service/arena/settle.js')
    const { place, state } = await contestOf(chain, flags)
    const { ended, sent } = await endContest(chain, place, state, await chainTime(chain))
    report({
      document: {
        contestId: flags.contest,
        status: ended.status,
        transactions: sent.map(([what, { hash, gasUsed }]) => ({ what, hash, gasUsed: Number(gasUsed) })),
      },
      text: formatFacts([
        ['contest', String(flags.contest)],
        ['status', ended.status],
        ...sent.map(([what, { gasUsed }]) => [what, `${gasUsed} gas`] as const),
      ]),
    })
  })
}
