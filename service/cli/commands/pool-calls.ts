import { Argument, type Command } from 'commander'
import { keyVariable, readAmount, readId } from '#service/cli/chain-options.js'
import { openToWrite } from '#service/cli/open-chain.js'
import { type EpochFlags, type PoolFlags, poolAt, withEpoch, withPool } from '#service/cli/pool-options.js'
import { etherText, sentOutcome } from '#service/cli/sent-outcome.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'
import { addWithdrawVerb } from '#service/cli/withdraw-verb.js'

const amountArgument = () =>
  new Argument('<amount>', 'in ether, such as 0.5, or 20gwei').argParser(readAmount)

/** Verbs of `zkserve pool` that are one call of the contract each. */
export function addPoolCalls(pool: Command, context: VerbContext): void {
  const { report } = context

  withPool(
    addCommand(pool, 'stake', `add to the free stake of the account of ${keyVariable}`).addArgument(
      amountArgument(),
    ),
  ).action(async (amount: bigint, flags: PoolFlags) => {
    const { chain, address, callPool } = await open(flags)
    const transaction = await callPool(chain, address, 'stake', [], amount)
    report(sentOutcome(transaction, { pool: address, amount }, [['staked', etherText(amount)]]))
  })

  withPool(
    addCommand(pool, 'unbond', 'take free stake out; it can be collected after the delay').addArgument(
      amountArgument(),
    ),
  ).action(async (amount: bigint, flags: PoolFlags) => {
    const { chain, address, callPool } = await open(flags)
    const transaction = await callPool(chain, address, 'unbond', [amount])
    report(sentOutcome(transaction, { pool: address, amount }, [['unbonding', etherText(amount)]]))
  })

  withPool(addCommand(pool, 'collect', 'credit the stake that has left')).action(async (flags: PoolFlags) => {
    const { chain, address, callPool } = await open(flags)
    const transaction = await callPool(chain, address, 'collect', [])
    report(sentOutcome(transaction, { pool: address }, [['collected', 'now to be withdrawn']]))
  })

  for (const [name, done, what] of [
    ['slash', 'slashed', 'give the bond of a prover that did not answer in time to the asker; anyone may'],
    [
      'refund',
      'refunded',
      'credit the fee to the asker of a request whose deadline passed, or whose version is revoked; anyone may',
    ],
  ] as const) {
    const command = addCommand(pool, name, what).addArgument(
      new Argument('<request>', 'its number').argParser(readId),
    )
    withPool(command).action(async (requestId: bigint, flags: PoolFlags) => {
      const { chain, address, callPool } = await open(flags)
      const transaction = await callPool(chain, address, name, [requestId])
      report(sentOutcome(transaction, { pool: address, requestId }, [[done, `request ${requestId}`]]))
    })
  }

  withEpoch(
    addCommand(
      pool,
      'sponsor',
      "give rewards for an asker's requests that are answered in an epoch",
    ).addArgument(amountArgument()),
  ).action(async (amount: bigint, flags: EpochFlags) => {
    const { chain, address, callPool } = await open(flags)
    const { asker, epoch } = flags
    const transaction = await callPool(chain, address, 'sponsor', [asker, epoch], amount)
    const facts = [['sponsored', `epoch ${epoch} of ${asker}: ${etherText(amount)}`]] as const
    report(sentOutcome(transaction, { pool: address, asker, epoch, amount }, facts))
  })

  for (const [name, what] of [
    ['claim', 'credit the share of rewards that the sender earned in an epoch that is over'],
    ['reclaim', 'credit what the sender gave for an epoch that is over and had no answers'],
  ] as const) {
    withEpoch(addCommand(pool, name, what)).action(async (flags: EpochFlags) => {
      const { chain, address, callPool } = await open(flags)
      const { asker, epoch } = flags
      const transaction = await callPool(chain, address, name, [asker, epoch])
      const facts = [[`${name}ed`, `epoch ${epoch} of ${asker}`]] as const
      report(sentOutcome(transaction, { pool: address, asker, epoch }, facts))
    })
  }

  addWithdrawVerb<PoolFlags>(pool, context, {
    what: 'fees, rewards, bonds, stake that has left',
    withPlace: withPool,
    contractOf: poolAt,
  })
}

/** The pool, and how it is called in the sender's name. */
async function open(flags: PoolFlags) {
  const { callPool } = await import('#service/chain/prover-pool.js')
  const chain = await openToWrite(flags)
  return { chain, address: await poolAt(chain, flags), callPool }
}
