import { type Command, Option } from 'commander'
import type { Address, Hex } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import {
  type ChainFlags,
  contractOption,
  readHash,
  type VersionFlag,
  versionOption,
  withChain,
} from '#service/cli/chain-options.js'
import { governmentOf, governorOption, readRows } from '#service/cli/family-options.js'
import { openToWrite, requireContract } from '#service/cli/open-chain.js'
import { formatFacts } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags extends ChainFlags {
  readonly governor: Address
  readonly council: Address
  readonly evaluations: Address
  readonly model: VersionFlag
  readonly testSet: Hex
  readonly minimalCorrect: number
  readonly allowedLoss: number
}

/** `zkserve family create`: a family with its first version. */
export function familyCreateVerb(family: Command, { report }: VerbContext): void {
  withChain(
    addCommand(
      family,
      'create',
      'deploy a family whose versions change by vote, with an evaluated version as its first',
    ),
  )
    .addOption(governorOption().makeOptionMandatory())
    .addOption(contractOption('council', 'the GuardianCouncil, which deprecates').makeOptionMandatory())
    .addOption(
      contractOption('evaluations', 'the ProvenEvaluations or LinkedEvaluations').makeOptionMandatory(),
    )
    .addOption(versionOption('the first version').makeOptionMandatory())
    .addOption(
      new Option('--test-set <hash>', 'as `zkserve family evaluate` printed it')
        .argParser(readHash)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--minimal-correct <rows>', 'rows that every version must answer right')
        .argParser(readRows)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--allowed-loss <rows>', 'how many fewer than the current version a candidate may')
        .default(0)
        .argParser(readRows),
    )
    .action(async (flags: Flags) => {
      const chain = await openToWrite(flags)
      const { readCandidate } = await import('#service/chain/family/content-hash.js')
      const { deployFamily } = await import('#service/chain/family/model-family.js')
      const { readEvaluationsPlace } = await import('#service/chain/family/proven-evaluations.js')
      const { readEvaluation } = await import('#service/chain/linked-evaluations.js')
      const { governor, timelock } = await governmentOf(chain, flags)
      const council = await requireContract(chain, 'GuardianCouncil', flags.council)
      const evaluations = await requireContract(chain, 'ProvenEvaluations', flags.evaluations)
      const { testSet, minimalCorrect, allowedLoss, model } = flags
      const evaluated = await readEvaluation(chain, { evaluations, testSet, ...model })
      if (evaluated === null) throw notEvaluated(model)
      const { registry } = await readEvaluationsPlace(chain, evaluations)
      const first = await readCandidate(chain, { registry, ...model })
      const { rows, correct } = evaluated
      const rules = { testSet, rows, minimalCorrect, allowedLoss }
      const parts = { registry, evaluations, timelock, council, rules, first }
      const { address, modelId, gasUsed } = await deployFamily(chain, parts)
      report({
        document: {
          ...{ family: address, modelId, version: 1, correct, rules, registry, evaluations },
          ...{ governor, timelock, council, first, gasUsed: Number(gasUsed) },
        },
        text: formatFacts([
          ['family', address],
          ['model', `${modelId}:1, which was ${model.modelId}:${model.version}`],
          ['right', `${correct} of ${rows} rows`],
          ['candidates must', `answer ${minimalCorrect} right, and at most ${allowedLoss} fewer than it`],
          ['governed by', governor],
          ['guarded by', council],
          ['gas', Number(gasUsed)],
        ]),
      })
    })
}

function notEvaluated({ modelId, version }: VersionFlag): ZkserveError {
  const message = `version ${version} of model ${modelId} has no evaluation on this test set`
  return new ZkserveError('CHAIN_REJECTED', message, {
    hints: ['Prove it first: `zkserve family evaluate`, which prints the test set as well.'],
    details: { reason: 'NotEvaluated' },
  })
}
