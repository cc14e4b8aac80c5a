import type { Command } from 'commander'
import type { Address, Hex } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import {
  type ChainFlags,
  contractOption,
  type VersionFlag,
  versionOption,
  withChain,
} from '#service/cli/chain-options.js'
import { familyOf } from '#service/cli/family-options.js'
import { withInterrupt } from '#service/cli/interrupt.js'
import { openToWrite, requireContract } from '#service/cli/open-chain.js'
import { createProgress } from '#service/cli/progress.js'
import { requireVersion } from '#service/cli/require-version.js'
import { formatFacts } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags extends ChainFlags {
  readonly data: string
  readonly model: VersionFlag
  readonly family?: Address
  readonly evaluations?: Address
}

/** `zkserve family evaluate`: a version's proven answers to a test set, counted on chain. */
export function familyEvaluateVerb(family: Command, { report }: VerbContext): void {
  withChain(
    addCommand(
      family,
      'evaluate <bundle>',
      "prove a registered version's answers to all rows of a test set, and have them counted; run again, it goes on",
    ),
  )
    .requiredOption('--data <data>', 'the rows with labels, which are public: .npz, or JSON')
    .addOption(versionOption("the bundle's number in the registry").makeOptionMandatory())
    .addOption(contractOption('family', 'the ModelFamily; its test set must be these rows'))
    .addOption(contractOption('evaluations', 'the ProvenEvaluations, where there is no family yet'))
    .action(async (directory: string, flags: Flags) => {
      const { loadBundle } = await import('#prover/bundle/load.js')
      const { readEvaluationsPlace } = await import('#service/chain/family/proven-evaluations.js')
      const { readEvaluation } = await import('#service/chain/linked-evaluations.js')
      const { loadDataset } = await import('#service/cli/load.js')
      const { withProver } = await import('#service/cli/with-prover.js')
      const { evaluateVersion, testSetOf } = await import('#service/family/evaluate-version.js')
      const bundle = await loadBundle(directory, { late: true })
      const rows = testSetOf(bundle, await loadDataset(flags.data, bundle.model.inputs))
      const testSet = rows.set.id
      const chain = await openToWrite(flags)
      const { evaluations, expected } = await evaluationsOf(chain, flags)
      if (expected !== null && expected !== testSet) throw otherTestSet(expected, testSet)
      const { registry } = await readEvaluationsPlace(chain, evaluations)
      await requireVersion(chain, registry, flags.model, bundle.manifest.vkHash)
      const at = { evaluations, ...flags.model }
      const progress = createProgress(['prove'])
      try {
        const { sent, counted } = await withInterrupt((signal) =>
          withProver('auto', (prover) =>
            evaluateVersion(chain, at, bundle, rows, {
              ...{ prover, signal },
              onRow: (done, total) => progress.update('prove', done, total),
            }),
          ),
        )
        const proven = await readEvaluation(chain, { ...at, testSet })
        const gasUsed = sent.reduce((sum, transaction) => sum + Number(transaction.gasUsed), 0)
        const facts = { rows: rows.data.count, correct: proven?.correct ?? null, counted }
        report({
          document: {
            ...{ ...flags.model, evaluations, testSet, ...facts },
            ...{ transactions: sent.map(({ hash }) => hash), gasUsed },
          },
          text: formatFacts([
            ['version', `${flags.model.modelId}:${flags.model.version}`],
            ['test set', testSet],
            ['right', proven === null ? null : `${proven.correct} of ${proven.rows} rows`],
            ['counted now', counted],
            ['transactions', `${sent.length}, ${gasUsed} gas`],
          ]),
        })
      } finally {
        progress.end()
      }
    })
}

/** Where evaluations are proven, and the test set that a family asks for. */
async function evaluationsOf(
  chain: ChainReader,
  { family, evaluations }: Flags,
): Promise<{ readonly evaluations: Address; readonly expected: Hex | null }> {
  if (family !== undefined && evaluations === undefined) {
    const { evaluations, rules } = await familyOf(chain, { family })
    return { evaluations, expected: rules.testSet }
  }
  if (evaluations === undefined || family !== undefined)
    throw new ZkserveError('USAGE', 'name the family, or its evaluations: one of them')
  return {
    evaluations: await requireContract(chain, 'ProvenEvaluations', evaluations),
    expected: null,
  }
}

function otherTestSet(expected: string, actual: string): ZkserveError {
  return new ZkserveError('USAGE', "the rows, as this version takes them, are not the family's test set", {
    hints: [
      'Take the same rows in the same order, and build the version with the --input-range and --input-bits of the first one of the family.',
    ],
    details: { expected, actual },
  })
}
