import { type Command, Option } from 'commander'
import { ZkserveError } from '#circuits/errors.js'
import {
  type PlaceFlags,
  type TokenFlags,
  tokenAt,
  type UserFlags,
  userOf,
  withGrants,
  withToken,
  withUser,
} from '#service/cli/access-options.js'
import { amountOption, keyVariable, type Moment, readMoment, readNumber } from '#service/cli/chain-options.js'
import { durationOption } from '#service/cli/duration.js'
import { contractAt, openToWrite, secondsOf } from '#service/cli/open-chain.js'
import { etherText, sentOutcome, timeText } from '#service/cli/sent-outcome.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'
import { addWithdrawVerb } from '#service/cli/withdraw-verb.js'

interface OfferFlags extends TokenFlags {
  readonly price?: bigint
  /** In ms. */
  readonly period?: number
  readonly until?: Moment
  readonly clear?: true
}

interface BuyFlags extends TokenFlags {
  readonly periods: number
  readonly max: bigint
  /** In ms. */
  readonly leastPeriod?: number
}

/** `zkserve access offer`: lets anyone buy access. */
export function accessOfferVerb(access: Command, { report }: VerbContext): void {
  const command = addCommand(
    access,
    'offer',
    `offer access to a token that the account of ${keyVariable} holds, in place of any offer before`,
  )
  withToken(command)
    .addOption(amountOption('--price <amount>', 'of one period'))
    .addOption(durationOption('--period <time>', 'such as 30d'))
    .addOption(
      new Option('--until <time>', 'how long the offer holds: 30d from now on, or a date').argParser(
        readMoment,
      ),
    )
    .option('--clear', 'take the offer back instead')
    .action(async (flags: OfferFlags) => {
      const { price, period, until } = flags
      const isWhole = price !== undefined && period !== undefined && until !== undefined
      const isEmpty = price === undefined && period === undefined && until === undefined
      if (flags.clear === true ? !isEmpty : !isWhole)
        throw new ZkserveError('USAGE', '--price, --period and --until are needed, or --clear alone')
      const { clearOffer, offerAccess } = await import('#service/chain/access-grants.js')
      const chain = await openToWrite(flags)
      const { name, ...token } = await tokenAt(chain, flags)
      if (!isWhole) {
        const facts = [['taken back', `the offer of ${name}`]] as const
        report(sentOutcome(await clearOffer(chain, token), { ...token, offer: null }, facts))
        return
      }
      const offer = { price, period: period / 1000, until: await secondsOf(chain, until) }
      if (!Number.isInteger(offer.period) || offer.period >= 2 ** 32 || price >= 2n ** 96n)
        throw new ZkserveError('USAGE', 'a period or a price is too large')
      const transaction = await offerAccess(chain, { ...token, ...offer })
      report(
        sentOutcome(transaction, { ...token, offer }, [
          ['offered', name],
          ['price', `${etherText(price)} for ${periodText(offer.period)}`],
          ['until', timeText(offer.until)],
        ]),
      )
    })
}

/** `zkserve access buy`: buys the sender access. */
export function accessBuyVerb(access: Command, { report }: VerbContext): void {
  const command = addCommand(
    access,
    'buy',
    `buy the account of ${keyVariable} access, after what it has already`,
  )
  withToken(command)
    .addOption(new Option('--periods <number>', 'how many').default(1).argParser(readNumber))
    .addOption(amountOption('--max <amount>', 'the most that is paid for all of them').makeOptionMandatory())
    .addOption(
      durationOption(
        '--least-period <time>',
        'the shortest period that is accepted; what is offered now by default',
      ),
    )
    .action(async (flags: BuyFlags) => {
      const { buyAccess } = await import('#service/chain/access-grants.js')
      const { readOffer } = await import('#service/chain/read-grants.js')
      const { periods, max: maxPrice } = flags
      const chain = await openToWrite(flags)
      const { name, ...token } = await tokenAt(chain, flags)
      const offered = await readOffer(chain, token)
      const leastPeriod = flags.leastPeriod === undefined ? (offered?.period ?? 1) : flags.leastPeriod / 1000
      const bought = await buyAccess(chain, { ...token, periods, leastPeriod, maxPrice })
      const { cost, expires, transaction } = bought
      const user = chain.account.address
      report(
        sentOutcome(transaction, { ...token, user, periods, cost, expires, left: maxPrice - cost }, [
          ['bought', `${name} for ${user}`],
          ['cost', etherText(cost)],
          ['until', timeText(expires)],
          ...(maxPrice > cost ? [['credited back', etherText(maxPrice - cost)] as const] : []),
        ]),
      )
    })
}

/** `zkserve access collect`: credits the holder with what a user paid for the time that has passed. */
export function accessCollectVerb(access: Command, { report }: VerbContext): void {
  const command = addCommand(
    access,
    'collect',
    'credit the holder, and who gets its royalty, with what a user paid for the time that has passed; anyone may',
  )
  withUser(command).action(async (flags: UserFlags) => {
    const { collectPayment } = await import('#service/chain/access-grants.js')
    const chain = await openToWrite(flags)
    const { name, ...token } = await tokenAt(chain, flags)
    const user = await userOf(chain, token, flags)
    const { amount, royalty, ...transaction } = await collectPayment(chain, { ...token, user })
    const facts = [
      ['collected', `${etherText(amount)} of ${user}, for ${name}`],
      ['of it royalty', etherText(royalty)],
    ] as const
    report(sentOutcome(transaction, { ...token, user, amount, royalty }, facts))
  })
}

/** `zkserve access withdraw`: takes the sender's credit out. */
export function accessWithdrawVerb(access: Command, context: VerbContext): void {
  addWithdrawVerb<PlaceFlags>(access, context, {
    what: 'what users paid, royalties, what is left of a purchase or goes back',
    withPlace: withGrants,
    contractOf: (chain, flags) => contractAt(chain, 'AccessGrants', flags.grants),
  })
}

/** Seconds as days where they are whole ones. */
function periodText(seconds: number): string {
  return seconds % 86_400 === 0 ? `${seconds / 86_400} days` : `${seconds} seconds`
}
