import { Argument, type Command, InvalidArgumentError, Option } from 'commander'
import type { Address } from 'viem'
import { contractOption, keyVariable, readId } from '#service/cli/chain-options.js'
import { contractAt, openToWrite } from '#service/cli/open-chain.js'
import { type RegistryFlags, withRegistry } from '#service/cli/registry-options.js'
import { percentText, sentOutcome } from '#service/cli/sent-outcome.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags extends RegistryFlags {
  readonly percent: number
  readonly receiver?: Address
}

/** `zkserve model royalty`: what its holder gets of fees for its use. */
export function modelRoyaltyVerb(model: Command, { report }: VerbContext): void {
  const command = addCommand(
    model,
    'royalty',
    `set the share of what answers and grants are paid that goes to the holder of a model; ${keyVariable} holds it`,
  ).addArgument(new Argument('<model>', 'its number').argParser(readId))
  withRegistry(command)
    .addOption(
      new Option('--percent <number>', 'of each fee, 0 to 50, such as 2.5; 0 for none')
        .argParser(readBps)
        .makeOptionMandatory(),
    )
    .addOption(contractOption('receiver', 'who gets it; the sender by default'))
    .action(async (tokenId: bigint, flags: Flags) => {
      const { setRoyalty } = await import('#service/chain/token-royalty.js')
      const chain = await openToWrite(flags)
      const registry = await contractAt(chain, 'ModelRegistry', flags.registry)
      const bps = flags.percent
      const receiver = bps === 0 ? null : (flags.receiver ?? chain.account.address)
      const transaction = await setRoyalty(chain, { registry, tokenId, receiver, bps })
      const document = { modelId: tokenId, bps, receiver, chainId: chain.chainId, registry }
      const text = receiver === null ? 'none' : `${percentText(bps)} to ${receiver}`
      report(sentOutcome(transaction, document, [[`royalty of model ${tokenId}`, text]]))
    })
}

/** Percent with two decimals at most, in hundredths of a percent. */
function readBps(text: string): number {
  const [, whole, fraction = ''] = /^(\d{1,2})(?:\.(\d{1,2}))?$/.exec(text) ?? []
  const bps = Number(`${whole}${fraction.padEnd(2, '0')}`)
  if (whole !== undefined && bps <= 5000) return bps
  throw new InvalidArgumentError('Expected percent from 0 to 50, with two decimals at most.')
}
