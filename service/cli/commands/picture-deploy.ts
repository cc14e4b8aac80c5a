import { type Command, Option } from 'commander'
import type { Address } from 'viem'
import {
  type ChainFlags,
  contractOption,
  keyVariable,
  readNumber,
  type VersionFlag,
  versionOption,
  withChain,
} from '#service/cli/chain-options.js'
import { durationOption } from '#service/cli/duration.js'
import { contractAt, openToWrite } from '#service/cli/open-chain.js'
import { formatFacts } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags extends ChainFlags {
  readonly verifier?: Address
  readonly model: VersionFlag
  readonly side: number
  /** In ms. */
  readonly claimDelay: number
}

/** `zkserve picture deploy`: tokens of one version of one generator. */
export function pictureDeployVerb(picture: Command, { report }: VerbContext): void {
  const command = addCommand(
    picture,
    'deploy',
    `deploy a GeneratedDigits for a registered version; ${keyVariable} pays, and has no power over it`,
  )
  withChain(command)
    .addOption(versionOption('the generator, built with --input public').makeOptionMandatory())
    .addOption(
      contractOption('verifier', 'the InferenceVerifier; by default the one that `contracts show` names'),
    )
    .addOption(
      new Option('--side <pixels>', 'width and height of its pictures').argParser(readNumber).default(28),
    )
    .addOption(
      durationOption(
        '--claim-delay <time>',
        'from a claim to its mint: longer than mints are pending',
      ).default(120_000, '2m'),
    )
    .action(async ({ model, side, ...flags }: Flags) => {
      const { deployGeneratedDigits } = await import('#service/chain/deploy-generated-digits.js')
      const chain = await openToWrite(flags)
      const verifier = await contractAt(chain, 'InferenceVerifier', flags.verifier)
      const terms = { verifier, ...model, side, claimDelay: flags.claimDelay / 1000 }
      const { address, gasUsed } = await deployGeneratedDigits(chain, terms)
      report({
        document: { tokens: address, chainId: chain.chainId, ...terms, gasUsed: Number(gasUsed) },
        text: formatFacts([
          ['tokens', address],
          ['generator', `${model.modelId}:${model.version}`],
          ['verifier', verifier],
          ['gas', Number(gasUsed)],
        ]),
      })
    })
}
