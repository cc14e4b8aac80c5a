import type { Command } from 'commander'
import type { Address } from 'viem'
import type { ChainReader } from '#service/chain/connect-chain.js'
import { type ChainFlags, contractOption, keyVariable } from '#service/cli/chain-options.js'
import { openToWrite } from '#service/cli/open-chain.js'
import { etherText, sentOutcome } from '#service/cli/sent-outcome.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

/** What a verb that withdraws needs to know of its group. */
export interface CreditGroup<Flags> {
  /** What the contract owes, such as "fees and refunds". */
  readonly what: string
  /** Adds the options that say which contract. */
  readonly withPlace: (command: Command) => Command
  /** The contract that they name. */
  readonly contractOf: (chain: ChainReader, flags: Flags) => Promise<Address>
}

/** Adds `withdraw` to a group: takes the sender's credit out of a contract that keeps credits. */
export function addWithdrawVerb<Flags extends ChainFlags>(
  group: Command,
  { report }: VerbContext,
  { what, withPlace, contractOf }: CreditGroup<Flags>,
): void {
  const command = addCommand(
    group,
    'withdraw',
    `take out all that the contract owes the account of ${keyVariable}: ${what}`,
  )
  withPlace(command)
    .addOption(contractOption('to', 'who gets it; the sender by default'))
    .action(async (flags: Flags & { readonly to?: Address }) => {
      const { withdrawCredit } = await import('#service/chain/withdraw-credit.js')
      const chain = await openToWrite(flags)
      const contract = await contractOf(chain, flags)
      const { to = chain.account.address } = flags
      const { amount, transaction } = await withdrawCredit(chain, { contract, to })
      const facts = [['withdrawn', `${etherText(amount)} to ${to}`]] as const
      report(sentOutcome(transaction, { contract, to, amount }, facts))
    })
}
