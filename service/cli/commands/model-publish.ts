import { Argument, type Command } from 'commander'
import { keyVariable, readId } from '#service/cli/chain-options.js'
import { contractAt, openToWrite } from '#service/cli/open-chain.js'
import { type RegistryFlags, withRegistry } from '#service/cli/registry-options.js'
import { sentOutcome } from '#service/cli/sent-outcome.js'
import type { Cell } from '#service/cli/table.js'
import { addCommand, type Outcome, type VerbContext } from '#service/cli/verb.js'

interface Flags extends RegistryFlags {
  readonly uri?: string
}

const uri = [
  '--uri <uri>',
  'where more is told about the version; by default a data URI with its name',
] as const

/** `zkserve model publish`: a new model, which the sender holds. */
export function modelPublishVerb(model: Command, { report }: VerbContext): void {
  const command = addCommand(
    model,
    'publish <bundle>',
    `publish a bundle, or the public view of one, as a new model that the account of ${keyVariable} holds`,
  )
  withRegistry(command)
    .option(...uri)
    .action(async (bundle: string, flags: Flags) => report(await publish(bundle, flags)))
}

/** `zkserve model version`: the next version of the sender's model. */
export function modelVersionVerb(model: Command, { report }: VerbContext): void {
  const command = addCommand(
    model,
    'version',
    `publish a bundle as the next version of a model that the account of ${keyVariable} holds`,
  )
    .addArgument(new Argument('<model>', 'its number').argParser(readId))
    .argument('<bundle>', 'the bundle, or the public view of one')
  withRegistry(command)
    .option(...uri)
    .action(async (modelId: bigint, bundle: string, flags: Flags) =>
      report(await publish(bundle, flags, modelId)),
    )
}

async function publish(directory: string, flags: Flags, modelId?: bigint): Promise<Outcome> {
  const { loadVerifiable } = await import('#prover/bundle/public-view.js')
  const { registrationOf } = await import('#service/chain/registration-of.js')
  const { registerModel } = await import('#service/chain/register-model.js')
  const chain = await openToWrite(flags)
  const bundle = await loadVerifiable(directory)
  const registry = await contractAt(chain, 'ModelRegistry', flags.registry)
  const registered = await registerModel(chain, {
    ...registrationOf(bundle, registry),
    ...(modelId === undefined ? {} : { modelId }),
    ...(flags.uri === undefined ? {} : { uri: flags.uri }),
  })
  const { version, vkHash, architecture, transaction } = registered
  const setup = bundle.manifest.setup.kind
  const facts: (readonly [string, Cell])[] = [
    ['model', `${registered.modelId}:${version}`],
    ['verifying key', vkHash],
    ['set-up', setup === 'development' ? 'development: whoever built the key could forge proofs' : setup],
    ['registry', registry],
    ['holder', chain.account.address],
  ]
  if (architecture !== null) {
    const gas = architecture.transaction === null ? 'was there' : `${architecture.transaction.gasUsed} gas`
    facts.push(['architecture', `${architecture.id}, ${gas}`])
  }
  const { chainId, account } = chain
  const document = {
    ...{ modelId: registered.modelId, version, vkHash, setup, chainId, registry, holder: account.address },
    architecture: architecture && {
      id: architecture.id,
      transaction: architecture.transaction?.hash ?? null,
      gasUsed: Number(architecture.transaction?.gasUsed ?? 0),
    },
  }
  return sentOutcome(transaction, document, facts)
}
