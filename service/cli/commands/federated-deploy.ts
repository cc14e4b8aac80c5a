import { type Command, Option } from 'commander'
import type { Address } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import {
  amountOption,
  type ChainFlags,
  contractOption,
  readAddress,
  withChain,
} from '#service/cli/chain-options.js'
import { durationOption } from '#service/cli/duration.js'
import { readJson } from '#service/cli/files.js'
import { contractAt, openToWrite } from '#service/cli/open-chain.js'
import { formatFacts } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags extends ChainFlags {
  readonly member: readonly Address[]
  readonly coordinator?: Address
  readonly stake: bigint
  readonly bond: bigint
  readonly dropPenalty: bigint
  readonly commitPeriod: number
  readonly handoverPeriod: number
  readonly revealPeriod: number
  readonly provePeriod: number
  readonly first?: string
  readonly weights: string
  readonly registry?: Address
  readonly verifier?: Address
}

const day = 86_400_000
const readMembers = (text: string, before: readonly Address[] = []) => [...before, readAddress(text)]
const period = (name: string, description: string) =>
  durationOption(`--${name}-period <time>`, description).default(day, '1d')

/** `zkserve federated deploy`: a federation with its members and terms, which stay. */
export function federatedDeployVerb(federated: Command, { report }: VerbContext): void {
  withChain(
    addCommand(
      federated,
      'deploy <circuit>',
      'register the circuit, and deploy a federation for its members',
    ),
  )
    .addOption(
      new Option('--member <address>', 'a member; repeated, in the order of slots')
        .argParser(readMembers)
        .makeOptionMandatory(),
    )
    .addOption(contractOption('coordinator', 'who opens and proves rounds; the sender by default'))
    .addOption(amountOption('--stake <amount>', 'what a member puts in, in ether').makeOptionMandatory())
    .addOption(
      amountOption('--bond <amount>', 'what the coordinator puts in for a round').makeOptionMandatory(),
    )
    .addOption(
      amountOption(
        '--drop-penalty <amount>',
        'what a member loses that commits and vanishes',
      ).makeOptionMandatory(),
    )
    .addOption(period('commit', 'time in which members commit'))
    .addOption(period('handover', 'time after it in which the coordinator acknowledges'))
    .addOption(period('reveal', 'time after it in which openings may be shown on chain'))
    .addOption(period('prove', 'time after it in which the proof is awaited'))
    .option('--first <file>', 'JSON {"weights": [integers]} to start from; zeros by default')
    .requiredOption(
      '--weights <file>',
      'new file for these weights and what opens their commitment: members need it',
    )
    .addOption(contractOption('registry', 'the ModelRegistry; the shared one by default'))
    .addOption(contractOption('verifier', 'the InferenceVerifier; the shared one by default'))
    .action(async (directory: string, flags: Flags) => {
      const { makePrivateFile } = await import('#prover/bundle/files.js')
      const { commitWeights } = await import('#prover/federated/commitments.js')
      const { readRoundCircuit } = await import('#prover/federated/store.js')
      const { drawSalt } = await import('#prover/inference/commitment.js')
      const { deployPoseidon } = await import('#service/chain/federated/deploy-poseidon.js')
      const { deployFederatedRounds, registrationOfRounds } = await import(
        '#service/chain/federated/deploy-rounds.js'
      )
      const { registerModel } = await import('#service/chain/register-model.js')
      const { parsePlainWeights, weightsText } = await import('#service/federated/private-files.js')
      const circuit = await readRoundCircuit(directory)
      const { rules } = circuit
      if (flags.member.length !== rules.members)
        throw new ZkserveError(
          'USAGE',
          `the circuit is for ${rules.members} members, ${flags.member.length} are named`,
        )
      const first =
        flags.first === undefined
          ? Array<number>(rules.size).fill(0)
          : parsePlainWeights(await readJson(flags.first, 'INVALID_INPUT'), rules)
      const weights = { weights: first, salt: drawSalt() }
      const commitment = await commitWeights(rules, weights)
      const chain = await openToWrite(flags)
      const registry = await contractAt(chain, 'ModelRegistry', flags.registry)
      const verifier = await contractAt(chain, 'InferenceVerifier', flags.verifier)
      await makePrivateFile(flags.weights, weightsText(weights))
      const model = await registerModel(chain, registrationOfRounds(circuit, registry))
      const poseidon = await deployPoseidon(chain)
      const { modelId, version } = model
      const deployed = await deployFederatedRounds(chain, {
        ...{ verifier, poseidon: poseidon.address, rules, members: flags.member },
        terms: {
          ...{ modelId, version, coordinator: flags.coordinator ?? chain.account.address },
          ...{ stake: flags.stake, bond: flags.bond, dropPenalty: flags.dropPenalty },
          commitPeriod: flags.commitPeriod / 1000,
          handoverPeriod: flags.handoverPeriod / 1000,
          revealPeriod: flags.revealPeriod / 1000,
          provePeriod: flags.provePeriod / 1000,
          weights: commitment,
        },
      })
      const gasUsed = Number(model.transaction.gasUsed + poseidon.gasUsed + deployed.gasUsed)
      report({
        document: {
          rounds: deployed.address,
          modelId,
          version,
          weights: commitment,
          file: flags.weights,
          gasUsed,
        },
        text: formatFacts([
          ['rounds', deployed.address],
          ['circuit registered as', `${modelId}:${version}`],
          ['commitment to the weights', String(commitment)],
          ['file of the weights (for members alone)', flags.weights],
          ['gas', gasUsed],
        ]),
      })
    })
}
