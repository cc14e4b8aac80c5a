import { Argument, type Command } from 'commander'
import { keyVariable, readVersion, type VersionFlag } from '#service/cli/chain-options.js'
import { contractAt, openToWrite } from '#service/cli/open-chain.js'
import { type RegistryFlags, withRegistry } from '#service/cli/registry-options.js'
import { sentOutcome } from '#service/cli/sent-outcome.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

/** `zkserve model deprecate`: advises against new uses of a version. */
export function modelDeprecateVerb(model: Command, context: VerbContext): void {
  const what = 'advise against new uses of a version, for good; who pinned it still gets answers'
  addStatusVerb(model, context, { name: 'deprecate', status: 'deprecated', what })
}

/** `zkserve model revoke`: ends a version. */
export function modelRevokeVerb(model: Command, context: VerbContext): void {
  const what = 'end a version at once and for good: no proof of it is accepted any more, anywhere'
  addStatusVerb(model, context, { name: 'revoke', status: 'revoked', what })
}

function addStatusVerb(
  model: Command,
  { report }: VerbContext,
  { name, status, what }: { name: string; status: 'deprecated' | 'revoked'; what: string },
): void {
  const command = addCommand(model, name, `${what}; ${keyVariable} holds the model`).addArgument(
    new Argument('<model:version>', 'such as 1:2').argParser(readVersion),
  )
  withRegistry(command).action(async ({ modelId, version }: VersionFlag, flags: RegistryFlags) => {
    const { setModelStatus } = await import('#service/chain/model-status.js')
    const chain = await openToWrite(flags)
    const registry = await contractAt(chain, 'ModelRegistry', flags.registry)
    const transaction = await setModelStatus(chain, { registry, modelId, version, status })
    const document = { modelId, version, status, chainId: chain.chainId, registry }
    report(sentOutcome(transaction, document, [[status, `${modelId}:${version}`]]))
  })
}
