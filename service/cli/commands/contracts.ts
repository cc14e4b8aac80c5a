import type { Command } from 'commander'
import { takePrivateKey } from '#service/cli/private-key.js'
import { formatTable } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags {
  readonly rpc: string
}

const variable = 'ZKSERVE_PRIVATE_KEY'

/** `zkserve contracts`: the contracts of which a chain needs one each. */
export function contractsVerb(program: Command, context: VerbContext): void {
  const contracts = program
    .command('contracts')
    .description('the contracts of which a chain needs one each, at the same addresses on all chains')
  deployVerb(contracts, context)
  showVerb(contracts, context)
}

function deployVerb(contracts: Command, { report }: VerbContext): void {
  addCommand(contracts, 'deploy', `deploy those that do not stand yet; ${variable} pays`)
    .requiredOption('--rpc <url>', 'JSON-RPC endpoint of the chain')
    .action(async ({ rpc }: Flags) => {
      const privateKey = takePrivateKey(variable, process.env)
      const { connectChain } = await import('#service/chain/connect-chain.js')
      const { deploySharedContracts } = await import('#service/chain/deploy-shared-contracts.js')
      const chain = await connectChain({ rpcUrl: rpc, privateKey })
      const deployed = await deploySharedContracts(chain)
      const rows = deployed.map(({ name, address, gasUsed }) => [name, address, Number(gasUsed)] as const)
      report({
        document: {
          chainId: chain.chainId,
          contracts: deployed.map((each) => ({ ...each, gasUsed: Number(each.gasUsed) })),
        },
        text: formatTable(['contract', 'address', 'gas'], rows),
      })
    })
}

function showVerb(contracts: Command, { report }: VerbContext): void {
  addCommand(contracts, 'show', 'print their addresses, and which of them stand')
    .requiredOption('--rpc <url>', 'JSON-RPC endpoint of the chain')
    .action(async ({ rpc }: Flags) => {
      const { connectChain } = await import('#service/chain/connect-chain.js')
      const { readSharedContracts } = await import('#service/chain/deploy-shared-contracts.js')
      const chain = await connectChain({ rpcUrl: rpc })
      const states = await readSharedContracts(chain)
      const rows = states.map(({ name, address, isDeployed }) => [name, address, isDeployed ? 'yes' : 'no'])
      report({
        document: { chainId: chain.chainId, contracts: states },
        text: formatTable(['contract', 'address', 'deployed'], rows),
      })
    })
}
