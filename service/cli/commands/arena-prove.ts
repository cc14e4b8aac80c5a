import { type Command, Option } from 'commander'
import { ZkserveError } from '#circuits/errors.js'
import {
  contestOf,
  type EntryFlags,
  entryOf,
  loadEvaluated,
  requireEvaluator,
  withEntry,
} from '#service/cli/arena-options.js'
import { fromBlockOption, readNumber } from '#service/cli/chain-options.js'
import { readJson } from '#service/cli/files.js'
import { withInterrupt } from '#service/cli/interrupt.js'
import { openToWrite } from '#service/cli/open-chain.js'
import { createProgress } from '#service/cli/progress.js'
import { formatFacts } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags extends EntryFlags {
  readonly together: number
}

const stages = ['link', 'prove', 'score'] as const

/** `zkserve arena prove`: a version's count on the revealed rows, and its place. */
export function arenaProveVerb(arena: Command, { report }: VerbContext): void {
  withEntry(
    addCommand(
      arena,
      'prove <bundle>',
      'prove how many of the revealed rows an entered version answers right, and take its place; run again, it goes on',
    ),
    'the file that `zkserve arena enter` made',
  )
    .addOption(
      new Option('--together <number>', 'chunks that are handed in by one transaction')
        .default(8)
        .argParser(readNumber),
    )
    .addOption(fromBlockOption())
    .action(async (directory: string, flags: Flags) => {
      const { parseLink } = await import('#service/arena/private-files.js')
      const { ensureLink, missingChunks, proveEntry } = await import('#service/arena/prove-entry.js')
      const { scoreEntry } = await import('#service/chain/arena.js')
      const { readEvaluation } = await import('#service/chain/linked-evaluations.js')
      const { readEntries } = await import('#service/chain/read-contest.js')
      const { withProver } = await import('#service/cli/with-prover.js')
      const { bundle, evaluator, evaluation, evaluatorId } = await loadEvaluated(directory, flags.evaluator)
      const linked = parseLink(await readJson(flags.link, 'INVALID_INPUT'), evaluator, bundle)
      const chain = await openToWrite(flags)
      const { place, state } = await contestOf(chain, flags)
      requireEvaluator(state, evaluatorId)
      const entry = entryOf(await readEntries(chain, place.arena, state), flags.model)
      if (entry === undefined) throw notEntered(flags)
      const contestant = { evaluator, bundle, linked, ...flags.model }
      const chunks = await missingChunks(chain, place, state, evaluation, flags.model)
      const progress = createProgress(stages)
      try {
        const sent = await withInterrupt((signal) =>
          withProver('auto', async (prover) => {
            if (chunks.size === 0) return []
            const link = await ensureLink(chain, place, state.evaluatorId, contestant)
            const subject = { testSet: state.testSet, evaluation: link.evaluation }
            progress.update('prove', 0, chunks.size)
            const onProven = (done: number, total: number) => progress.update('prove', done, total)
            const proofs = await proveEntry(chain, place, subject, contestant, chunks, {
              ...{ together: flags.together, prover, signal, onProven },
            })
            return link.transaction === undefined ? proofs : [link.transaction, ...proofs]
          }),
        )
        progress.update('score')
        const { entryId } = entry
        if (entry.status === 'entered')
          sent.push(await scoreEntry(chain, { arena: place.arena, contestId: flags.contest, entryId }))
        const found = await readEvaluation(chain, { ...place, ...flags.model, testSet: state.testSet })
        const gasUsed = sent.reduce((sum, transaction) => sum + Number(transaction.gasUsed), 0)
        const proven = { correct: found?.correct ?? 0, rows: state.rows }
        report({
          document: {
            ...{ contestId: flags.contest, entryId, ...proven, proven: [...chunks.keys()] },
            ...{ transactions: sent.map(({ hash }) => hash), gasUsed },
          },
          text: formatFacts([
            ['entry', String(entryId)],
            ['right', `${proven.correct} of ${proven.rows} rows`],
            ['proven now', `${chunks.size} of ${state.chunks} chunks`],
            ['transactions', `${sent.length}, ${gasUsed} gas`],
          ]),
        })
      } finally {
        progress.end()
      }
    })
}

function notEntered({ model, contest }: Flags): ZkserveError {
  const message = `version ${model.version} of model ${model.modelId} is not entered in contest ${contest}`
  return new ZkserveError('USAGE', message, {
    hints: ['`zkserve arena enter` enters it, while entries are open; `zkserve arena show` tells who is in.'],
  })
}
