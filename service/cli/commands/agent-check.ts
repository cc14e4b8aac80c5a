import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Address } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { readAddress } from '#service/cli/chain-options.js'
import { formatFacts } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags {
  readonly rpc: string
  readonly identities: Address
  readonly agent: bigint
  readonly verifier: Address
  readonly model: string
  readonly allowHttp?: boolean
}

/** `zkserve agent check`: whether an agent is registered, and offers what is registered. */
export function agentCheckVerb(agent: Command, { report }: VerbContext): void {
  const command = addCommand(
    agent,
    'check',
    'check that an agent offers the model that is registered on chain; exit code 1 where it does not',
  )
    .requiredOption('--rpc <url>', 'JSON-RPC endpoint of the chain')
    .addOption(
      new Option('--identities <address>', 'the Identity Registry')
        .argParser(readAddress)
        .makeOptionMandatory(),
    )
    .addOption(new Option('--agent <id>', "the agent's number").argParser(readAgentId).makeOptionMandatory())
    .addOption(
      new Option('--verifier <address>', 'the InferenceVerifier that you trust')
        .argParser(readAddress)
        .makeOptionMandatory(),
    )
    .requiredOption('--model <name>', 'the model')
    .option('--allow-http', 'take http addresses too, of services on this machine')
  command.action(async ({ rpc, agent: agentId, allowHttp = false, ...flags }: Flags) => {
    const { discoverModel } = await import('#service/agents/discover.js')
    const { connectChain } = await import('#service/chain/connect-chain.js')
    const chain = await connectChain({ rpcUrl: rpc })
    try {
      const found = await discoverModel(chain, flags, { agentId, model: flags.model, allowHttp })
      const { agent: identity, offer, model } = found
      const document = {
        ...{ ok: true, agentId: String(agentId), owner: identity.owner, wallet: identity.wallet },
        ...{ endpoint: offer.endpoint, model },
      }
      const text = formatFacts([
        ['agent', `${agentId}, "${found.file.name}"`],
        ['paid at', identity.wallet],
        ['endpoint', offer.endpoint],
        ['model', `${model.name}, registered as ${model.modelId}:${model.version}, key ${model.vkHash}`],
      ])
      report({ document, text })
    } catch (error) {
      if (!(error instanceof ZkserveError) || error.code !== 'INVALID_AGENT') throw error
      report({ document: { ok: false, reason: error.message }, text: error.message, exitCode: 1 })
    }
  })
}

function readAgentId(text: string): bigint {
  if (/^\d{1,77}$/.test(text)) return BigInt(text)
  throw new InvalidArgumentError('Expected the number of an agent.')
}
