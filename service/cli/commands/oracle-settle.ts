import { Argument, type Command } from 'commander'
import { ZkserveError } from '#circuits/errors.js'
import { fromBlockOption, readId } from '#service/cli/chain-options.js'
import { openToWrite } from '#service/cli/open-chain.js'
import { type OracleFlags, oracleAt, requestOf, withOracle } from '#service/cli/oracle-options.js'
import { etherText, sentOutcome } from '#service/cli/sent-outcome.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'
import { addWithdrawVerb } from '#service/cli/withdraw-verb.js'

const requestArgument = () => new Argument('<request>', 'its number').argParser(readId)

/** `zkserve oracle refund`: gives the fee of a request that ended back. */
export function oracleRefundVerb(oracle: Command, { report }: VerbContext): void {
  const command = addCommand(
    oracle,
    'refund',
    'credit the fee to the asker of a request whose deadline passed, or whose version is revoked; anyone may',
  ).addArgument(requestArgument())
  withOracle(command).action(async (requestId: bigint, flags: OracleFlags) => {
    const { refundRequest } = await import('#service/chain/refund-request.js')
    const chain = await openToWrite(flags)
    const { oracle: address } = await oracleAt(chain, flags)
    const { asker, maxFee } = await requestOf(chain, address, requestId)
    const transaction = await refundRequest(chain, { oracle: address, requestId })
    const facts = [
      ['request', `${requestId}, refunded`],
      ['credited', `${etherText(maxFee)} to ${asker}`],
    ] as const
    report(sentOutcome(transaction, { requestId, oracle: address, asker, amount: maxFee }, facts))
  })
}

/** `zkserve oracle redeliver`: repeats a callback that failed. */
export function oracleRedeliverVerb(oracle: Command, { report }: VerbContext): void {
  const command = addCommand(
    oracle,
    'redeliver',
    'repeat the callback of an answered request, which failed; anyone may',
  ).addArgument(requestArgument())
  withOracle(command)
    .addOption(fromBlockOption())
    .action(async (requestId: bigint, flags: OracleFlags) => {
      const { findAnswer } = await import('#service/chain/oracle-events.js')
      const { redeliverAnswer } = await import('#service/chain/redeliver-answer.js')
      const chain = await openToWrite(flags)
      const { oracle: address } = await oracleAt(chain, flags)
      const { contentHash, asker, status } = await requestOf(chain, address, requestId)
      if (status !== 'undelivered')
        throw new ZkserveError(
          'CHAIN_REJECTED',
          `request ${requestId} is ${status}: no callback of it failed`,
          {
            hints: ['See `zkserve oracle show`.'],
            details: { reason: 'NotRedeliverable', status },
          },
        )
      const fromBlock = BigInt(flags.fromBlock ?? 0)
      const { statement } = await findAnswer(chain, { oracle: address, requestId, contentHash, fromBlock })
      const transaction = await redeliverAnswer(chain, { oracle: address, requestId, statement })
      const facts = [['delivered', `the answer to request ${requestId}, to ${asker}`]] as const
      report(sentOutcome(transaction, { requestId, oracle: address, asker }, facts))
    })
}

/** `zkserve oracle withdraw`: takes the sender's credit out. */
export function oracleWithdrawVerb(oracle: Command, context: VerbContext): void {
  addWithdrawVerb<OracleFlags>(oracle, context, {
    what: 'fees, royalties and refunds',
    withPlace: withOracle,
    contractOf: async (chain, flags) => (await oracleAt(chain, flags)).oracle,
  })
}
