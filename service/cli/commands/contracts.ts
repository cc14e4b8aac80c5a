import type { Command } from 'commander'
import { type ChainFlags, keyVariable, withChain } from '#service/cli/chain-options.js'
import { openChain, openToWrite } from '#service/cli/open-chain.js'
import { formatTable } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

/** `zkserve contracts`: the contracts of which a chain needs one each. */
export function contractsVerb(program: Command, context: VerbContext): void {
  const contracts = program
    .command('contracts')
    .description('the contracts of which a chain needs one each, at the same addresses on all chains')
  deployVerb(contracts, context)
  showVerb(contracts, context)
}

function deployVerb(contracts: Command, { report }: VerbContext): void {
  withChain(
    addCommand(contracts, 'deploy', `deploy those that do not stand yet; ${keyVariable} pays`),
  ).action(async (flags: ChainFlags) => {
    const chain = await openToWrite(flags)
    const { deploySharedContracts } = await import('#service/chain/deploy-shared-contracts.js')
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
  withChain(addCommand(contracts, 'show', 'print their addresses, and which of them stand')).action(
    async (flags: ChainFlags) => {
      const { readSharedContracts } = await import('#service/chain/deploy-shared-contracts.js')
      const chain = await openChain(flags)
      const states = await readSharedContracts(chain)
      const rows = states.map(({ name, address, isDeployed }) => [name, address, isDeployed ? 'yes' : 'no'])
      report({
        document: { chainId: chain.chainId, contracts: states },
        text: formatTable(['contract', 'address', 'deployed'], rows),
      })
    },
  )
}
