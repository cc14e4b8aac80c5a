import { type Command, Option } from 'commander'
import { readNumber } from '#service/cli/chain-options.js'
import { withInterrupt } from '#service/cli/interrupt.js'
import { formatFacts } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags {
  readonly rows: number
  readonly out: string
}

/** `zkserve arena evaluator`: the circuit that counts right answers, for all who take part. */
export function arenaEvaluatorVerb(arena: Command, { report }: VerbContext): void {
  addCommand(
    arena,
    'evaluator <bundle>',
    "make the circuit and the keys that count right answers of an architecture's versions: a folder for all who take part",
  )
    .addOption(
      new Option('--rows <number>', 'rows that one proof counts').argParser(readNumber).makeOptionMandatory(),
    )
    .requiredOption('--out <directory>', 'where the evaluator goes; must not hold anything yet')
    .action(async (directory: string, { rows, out }: Flags) => {
      const { loadBundle } = await import('#prover/bundle/load.js')
      const { buildEvaluator } = await import('#prover/evaluation/build.js')
      const { writeEvaluator } = await import('#prover/evaluation/store.js')
      const { evaluatorIdOf, evaluatorRecord } = await import('#service/chain/evaluation-ids.js')
      const bundle = await loadBundle(directory, { late: true })
      const evaluator = await withInterrupt((signal) => buildEvaluator(bundle, rows, signal))
      await writeEvaluator(out, evaluator)
      const evaluatorId = evaluatorIdOf(evaluatorRecord(evaluator))
      const { constraints, circuitHash, servedArchitecture } = evaluator
      report({
        document: { evaluatorId, evaluator: out, rows, constraints, circuitHash, servedArchitecture },
        text: formatFacts([
          ['evaluator', out],
          ['id', evaluatorId],
          ['architecture', servedArchitecture],
          ['circuit hash', circuitHash],
          ['rows of a proof', rows],
          ['constraints', constraints],
          ['keys', 'development: made by one party, who could forge counts'],
        ]),
      })
    })
}
