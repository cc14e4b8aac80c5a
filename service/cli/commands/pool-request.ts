import type { Command } from 'commander'
import type { Address } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import {
  amountOption,
  type ChainFlags,
  contractOption,
  keyVariable,
  withChain,
} from '#service/cli/chain-options.js'
import { durationOption } from '#service/cli/duration.js'
import { contractAt, openToWrite } from '#service/cli/open-chain.js'
import { type PoolFlags, poolAt, withPool } from '#service/cli/pool-options.js'
import {
  composeQuestion,
  type QuestionFlags,
  questionFacts,
  withQuestion,
} from '#service/cli/question-options.js'
import { etherText, sentOutcome } from '#service/cli/sent-outcome.js'
import { formatFacts } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface DeployFlags extends ChainFlags {
  readonly verifier?: Address
  /** In ms. */
  readonly epoch: number
  /** In ms. */
  readonly unbonding: number
}

interface RequestFlags extends PoolFlags, QuestionFlags {
  readonly bond: bigint
  /** In ms. */
  readonly window: number
}

const day = 86_400_000

/** `zkserve pool deploy`: a pool with terms of its own. */
export function poolDeployVerb(pool: Command, { report }: VerbContext): void {
  const command = addCommand(
    pool,
    'deploy',
    `deploy a ProverPool; ${keyVariable} pays, and has no power over it`,
  )
  withChain(command)
    .addOption(
      contractOption('verifier', 'the InferenceVerifier; by default the one that `contracts show` names'),
    )
    .addOption(durationOption('--epoch <time>', 'over which rewards are shared').default(day, '1d'))
    .addOption(durationOption('--unbonding <time>', 'that stake needs to leave').default(7 * day, '7d'))
    .action(async (flags: DeployFlags) => {
      const { deployPool } = await import('#service/chain/prover-pool.js')
      const chain = await openToWrite(flags)
      const verifier = await contractAt(chain, 'InferenceVerifier', flags.verifier)
      const seconds = { epoch: flags.epoch / 1000, unbonding: flags.unbonding / 1000 }
      const { address, gasUsed } = await deployPool(chain, verifier, seconds)
      report({
        document: { pool: address, chainId: chain.chainId, verifier, ...seconds, gasUsed: Number(gasUsed) },
        text: formatFacts([
          ['pool', address],
          ['verifier', verifier],
          ['gas', Number(gasUsed)],
        ]),
      })
    })
}

/** `zkserve pool request`: asks, and escrows the fee. */
export function poolRequestVerb(pool: Command, { report }: VerbContext): void {
  const command = addCommand(
    pool,
    'request',
    `ask a version of a model about an input, of provers with stake; ${keyVariable} pays`,
  )
  withQuestion(withPool(command))
    .addOption(
      amountOption('--bond <amount>', 'what a prover loses to you by not answering').makeOptionMandatory(),
    )
    .addOption(durationOption('--window <time>', 'that a prover gets').default(600_000, '10m'))
    .action(async (flags: RequestFlags) => {
      const { askPool } = await import('#service/chain/prover-pool.js')
      const { readVerifierOf } = await import('#service/chain/verifier-of.js')
      const { bond, fee } = flags
      const window = flags.window / 1000
      if (window >= 2 ** 32 || bond >= 2n ** 96n)
        throw new ZkserveError('USAGE', 'a window or a bond is too large')
      const chain = await openToWrite(flags)
      const address = await poolAt(chain, flags)
      const { registry } = await readVerifierOf(chain, address)
      const question = await composeQuestion(chain, registry, flags)
      const { requestId, transaction } = await askPool(chain, address, { ...question, bond, window }, fee)
      const { data: _, ...asked } = question
      report(
        sentOutcome(transaction, { requestId, pool: address, ...asked, fee, bond, window }, [
          ['request', String(requestId)],
          ...questionFacts(question, fee),
          ['bond', `${etherText(bond)}, for ${window} seconds`],
          ['pool', address],
        ]),
      )
    })
}
