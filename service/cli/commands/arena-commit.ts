import type { Command } from 'commander'
import { loadEvaluated } from '#service/cli/arena-options.js'
import { formatFacts } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags {
  readonly data: string
  readonly evaluator: string
  readonly out: string
}

/** `zkserve arena commit`: commits to rows and labels that stay secret. */
export function arenaCommitVerb(arena: Command, { report }: VerbContext): void {
  addCommand(
    arena,
    'commit <bundle>',
    'commit to the rows and labels of a contest; they and their salts stay in a file that is yours alone',
  )
    .requiredOption('--data <data>', 'rows with labels: .npz, or JSON {"inputs", "labels"}')
    .requiredOption('--evaluator <directory>', 'the folder of `zkserve arena evaluator`')
    .requiredOption('--out <file>', 'new file for what opens the commitment: without it the prize is lost')
    .action(async (directory: string, flags: Flags) => {
      const { withBatch } = await import('#circuits/qmodel/batch.js')
      const { makePrivateFile } = await import('#prover/bundle/files.js')
      const { commitTestData } = await import('#service/arena/private-files.js')
      const { loadDataset } = await import('#service/cli/load.js')
      const { bundle, evaluator, evaluation } = await loadEvaluated(directory, flags.evaluator)
      const data = await loadDataset(flags.data, withBatch(bundle.model, 1).inputs)
      const file = await commitTestData(evaluator, evaluation, data)
      await makePrivateFile(flags.out, `${JSON.stringify(file)}\n`)
      const { testSet, evaluatorId, chunks } = file
      const rows = chunks.length * evaluator.rows
      const leftOut = data.count - rows
      const commitments = chunks.map(({ commitment }) => commitment)
      report({
        document: { testSet, evaluatorId, file: flags.out, rows, leftOut, commitments },
        text: formatFacts([
          ['test set', testSet],
          ['evaluator', evaluatorId],
          ['rows', `${rows} in ${chunks.length} chunks${leftOut > 0 ? `; ${leftOut} left out` : ''}`],
          ['file (keep it private, and keep it)', flags.out],
          ...commitments.map((commitment, k) => [`commitment ${k}`, commitment] as const),
        ]),
      })
    })
}
