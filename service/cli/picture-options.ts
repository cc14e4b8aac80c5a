import type { Command } from 'commander'
import type { Address } from 'viem'
import type { ChainReader } from '#service/chain/connect-chain.js'
import type { GeneratorTerms } from '#service/chain/read-generator.js'
import { type ChainFlags, contractOption, withChain } from '#service/cli/chain-options.js'
import { requireContract } from '#service/cli/open-chain.js'

/** Which tokens. */
export interface TokensFlags extends ChainFlags {
  readonly tokens: Address
}

/** Adds the options that say which tokens. */
export function withTokens(command: Command): Command {
  return withChain(command).addOption(contractOption('tokens', 'the GeneratedDigits').makeOptionMandatory())
}

/** The terms of the tokens that the options name. @throws CHAIN_REJECTED (NoContract, …), CHAIN_UNREACHABLE */
export async function generatorAt(chain: ChainReader, { tokens }: TokensFlags): Promise<GeneratorTerms> {
  const { readGenerator } = await import('#service/chain/read-generator.js')
  return readGenerator(chain, await requireContract(chain, 'GeneratedDigits', tokens))
}
