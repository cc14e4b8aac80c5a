import type { Command } from 'commander'
import { agentCheckVerb } from '#service/cli/commands/agent-check.js'
import { addConfigOptions } from '#service/cli/config-options.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'
import type { GivenConfig } from '#service/config/resolve.js'

/** `zkserve agent`: the service as an agent that others find on chain (ERC-8004). */
export function agentVerb(program: Command, context: VerbContext): void {
  const agent = program
    .command('agent')
    .description('show the service as an agent, and check others; docs: verifier-contracts/docs/agents.md')
  for (const addVerb of [agentCardVerb, agentCheckVerb]) addVerb(agent, context)
}

type Flags = GivenConfig & { readonly json?: boolean; readonly dataUri?: boolean }

/** `zkserve agent card`: the registration file that the service would show with these settings. */
function agentCardVerb(agent: Command, { report }: VerbContext): void {
  const command = addConfigOptions(
    addCommand(agent, 'card', 'print the ERC-8004 registration file of a service with these settings'),
  ).option('--data-uri', 'as a data URI, to be kept on chain')
  command.action(async ({ json: _, dataUri = false, ...flags }: Flags) => {
    const { makeRegistration, registrationUri } = await import('#service/agents/make-registration.js')
    const { servedRegistrations } = await import('#service/agents/served-registrations.js')
    const { resolveConfig } = await import('#service/config/resolve.js')
    const { Registrations } = await import('#service/models/registrations.js')
    const { ServedModels } = await import('#service/models/served-models.js')
    const config = resolveConfig(flags, process.env)
    const models = await ServedModels.load(config.models)
    const registrations = new Registrations(config.registrations, models)
    const file = makeRegistration(config, servedRegistrations(models, registrations))
    const uri = registrationUri(file)
    report({ document: dataUri ? { uri } : file, text: dataUri ? uri : JSON.stringify(file, null, 2) })
  })
}
