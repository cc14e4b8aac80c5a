import type { Command } from 'commander'
import type { Address } from 'viem'
import { type ChainFlags, contractOption, withChain } from '#service/cli/chain-options.js'
import { contractAt, openToWrite } from '#service/cli/open-chain.js'
import { formatTable } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags extends ChainFlags {
  readonly verifier?: Address
}

/** `zkserve arena deploy`: an Arena, which any number of contests may share. */
export function arenaDeployVerb(arena: Command, { report }: VerbContext): void {
  withChain(addCommand(arena, 'deploy', 'deploy an Arena; any number of contests may share it'))
    .addOption(contractOption('verifier', "the InferenceVerifier; the chain's shared one by default"))
    .action(async (flags: Flags) => {
      const chain = await openToWrite(flags)
      const { deployArena } = await import('#service/chain/arena.js')
      const { deployEvaluations } = await import('#service/chain/linked-evaluations.js')
      const verifier = await contractAt(chain, 'InferenceVerifier', flags.verifier)
      const evaluations = await deployEvaluations(chain, { verifier })
      const deployed = await deployArena(chain, { evaluations: evaluations.address })
      const rows = [
        ['LinkedEvaluations', evaluations.address, Number(evaluations.gasUsed)],
        ['Arena', deployed.address, Number(deployed.gasUsed)],
      ] as const
      report({
        document: {
          arena: deployed.address,
          evaluations: evaluations.address,
          verifier,
          gasUsed: rows.reduce((sum, [, , gas]) => sum + gas, 0),
        },
        text: formatTable(['contract', 'address', 'gas'], rows),
      })
    })
}
