import type { Command } from 'commander'
import { ZkserveError } from '#circuits/errors.js'
import { type ContestFlags, contestOf, withContest } from '#service/cli/arena-options.js'
import { fromBlockOption } from '#service/cli/chain-options.js'
import { readJson } from '#service/cli/files.js'
import { chainTime, openToWrite } from '#service/cli/open-chain.js'
import { createProgress } from '#service/cli/progress.js'
import { timeText } from '#service/cli/sent-outcome.js'
import { formatFacts } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

/** `zkserve arena reveal`: shows the rows and labels that were committed to. */
export function arenaRevealVerb(arena: Command, { report }: VerbContext): void {
  withContest(
    addCommand(
      arena,
      'reveal <test-set>',
      'show the committed rows and labels on chain, when entries have closed; run again, it reveals what is missing',
    ),
  )
    .addOption(fromBlockOption())
    .action(async (path: string, flags: ContestFlags) => {
      const { parseTestSet } = await import('#service/arena/private-files.js')
      const { readRevealedChunks, revealChunk } = await import('#service/chain/linked-evaluations.js')
      const file = parseTestSet(await readJson(path, 'INVALID_INPUT'))
      const chain = await openToWrite(flags)
      const { place, state } = await contestOf(chain, flags)
      if (state.testSet !== file.testSet)
        throw new ZkserveError('USAGE', `"${path}" is not the test set of contest ${flags.contest}`)
      if ((await chainTime(chain)) < state.entryCloses) {
        throw new ZkserveError('USAGE', 'entries are open: who reveals now loses the prize', {
          hints: [`Reveal after ${timeText(state.entryCloses)} and until ${timeText(state.revealBy)}.`],
        })
      }
      const { evaluations } = place
      const { testSet, chunks } = file
      const revealed = new Set(
        (await readRevealedChunks(chain, { evaluations, testSet })).map(({ chunk }) => chunk),
      )
      const missing = chunks.flatMap((chunk, index) => (revealed.has(index) ? [] : [{ ...chunk, index }]))
      const progress = createProgress(['reveal'])
      let gasUsed = 0n
      try {
        for (const [done, { index, salt, words }] of missing.entries()) {
          progress.update('reveal', done, missing.length)
          const opening = { salt: BigInt(salt), words: words.map(BigInt) }
          gasUsed += (await revealChunk(chain, { evaluations, testSet, chunk: index, ...opening })).gasUsed
        }
      } finally {
        progress.end()
      }
      report({
        document: {
          testSet,
          chunks: chunks.length,
          revealed: missing.map(({ index }) => index),
          gasUsed: Number(gasUsed),
        },
        text: formatFacts([
          ['test set', testSet],
          ['revealed', `${missing.length} chunks, ${revealed.size} before`],
          ['gas', Number(gasUsed)],
          ['proofs until', timeText(state.proveBy)],
        ]),
      })
    })
}
