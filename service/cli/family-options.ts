import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Address } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import type { Family, Government } from '#service/chain/family/read-family.js'
import { type ChainFlags, contractOption, readId, withChain } from '#service/cli/chain-options.js'
import { requireContract } from '#service/cli/open-chain.js'

/** Which family. */
export interface FamilyFlags extends ChainFlags {
  readonly family: Address
}

/** Which proposal. */
export interface ProposalFlags extends ChainFlags {
  readonly governor: Address
  readonly proposal: bigint
}

export const governorOption = (): Option => contractOption('governor', 'the FamilyGovernor')

/** Adds the options that say which family. */
export function withFamily(command: Command): Command {
  return withChain(command).addOption(contractOption('family', 'the ModelFamily').makeOptionMandatory())
}

/** Adds the options that say which proposal. */
export function withProposal(command: Command): Command {
  return withChain(command)
    .addOption(governorOption().makeOptionMandatory())
    .addOption(
      new Option('--proposal <number>', 'as `zkserve family propose` printed it')
        .argParser(readId)
        .makeOptionMandatory(),
    )
}

/** A number of rows: a whole number from 0 on. */
export function readRows(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Expected a whole number from 0 on.')
}

/** The family that the options name. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export async function familyOf(chain: ChainReader, { family }: Pick<FamilyFlags, 'family'>): Promise<Family> {
  const { readFamily } = await import('#service/chain/family/read-family.js')
  return readFamily(chain, await requireContract(chain, 'ModelFamily', family))
}

/** The governor that the options name, with its votes and timelock. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export async function governmentOf(
  chain: ChainReader,
  { governor }: Pick<ProposalFlags, 'governor'>,
): Promise<Government> {
  const { readGovernment } = await import('#service/chain/family/read-family.js')
  return readGovernment(chain, await requireContract(chain, 'FamilyGovernor', governor))
}

/** @throws ZkserveError `USAGE` where a family is not governed by a governor: what it votes on would never be done */
export function requireGoverned({ family, governance }: Family, { governor, timelock }: Government): void {
  if (governance === timelock) return
  throw new ZkserveError('USAGE', `the family ${family} is not governed by ${governor}`, {
    hints: ["Name the governor whose timelock is the family's governance."],
    details: { governance, timelock },
  })
}
