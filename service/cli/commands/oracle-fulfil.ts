import { Argument, type Command } from 'commander'
import type { Address } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import type { InferenceRequest } from '#service/chain/read-request.js'
import {
  amountOption,
  contractOption,
  fromBlockOption,
  keyVariable,
  readId,
} from '#service/cli/chain-options.js'
import { describeInference } from '#service/cli/describe-inference.js'
import { chainTime, openToWrite } from '#service/cli/open-chain.js'
import { type OracleFlags, oracleAt, requestOf, withOracle } from '#service/cli/oracle-options.js'
import { type AnswerFlags, proveAnswer } from '#service/cli/prove-answer.js'
import { etherText, sentOutcome, timeText } from '#service/cli/sent-outcome.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags extends OracleFlags, AnswerFlags {
  readonly payee?: Address
  readonly fee?: bigint
}

/** `zkserve oracle fulfil`: proves an answer, and is paid for it. */
export function oracleFulfilVerb(oracle: Command, { report }: VerbContext): void {
  const command = addCommand(
    oracle,
    'fulfil',
    `prove the answer to a request and hand it in; ${keyVariable} pays for gas, and is paid`,
  ).addArgument(new Argument('<request>', 'its number').argParser(readId))
  withOracle(command)
    .requiredOption('--bundle <bundle>', "the model's bundle")
    .option('--opening <file>', 'what opens the commitment, where inputs are hashed and it is not on chain')
    .addOption(contractOption('payee', 'who is paid; the sender by default'))
    .addOption(amountOption('--fee <amount>', 'what is asked for; all that is offered by default'))
    .addOption(fromBlockOption())
    .action(async (requestId: bigint, flags: Flags) => {
      const { encodeFulfilment, fulfilmentNonce } = await import('#service/chain/encode-fulfilment.js')
      const { fulfilInference } = await import('#service/chain/fulfil-inference.js')
      const { findQuestion } = await import('#service/chain/oracle-events.js')
      const chain = await openToWrite(flags)
      const place = await oracleAt(chain, flags)
      const request = await requestOf(chain, place.oracle, requestId)
      await requireOpen(chain, requestId, request)
      const { payee = chain.account.address, fee = request.maxFee, fromBlock = 0 } = flags
      if (fee > request.maxFee)
        throw new ZkserveError(
          'USAGE',
          `the request offers ${etherText(request.maxFee)}, not ${etherText(fee)}`,
        )
      const { contentHash } = request
      const events = { oracle: place.oracle, requestId, contentHash, fromBlock: BigInt(fromBlock) }
      const question = await findQuestion(chain, events)
      const terms = { requestId, payee, fee }
      const asked = {
        ...place,
        ...request,
        ...question,
        requester: place.oracle,
        nonce: fulfilmentNonce(terms),
      }
      const { proven, inference } = await proveAnswer(chain, asked, flags)
      const fulfilment = encodeFulfilment(terms, inference)
      const done = await fulfilInference(chain, { oracle: place.oracle, fulfilment })
      const { royalty, callbackFailed, transaction } = done
      const { outputs, integers, label, labels } = proven
      const gas = transaction.gasUsed * transaction.receipt.effectiveGasPrice
      const answered = sentOutcome(
        transaction,
        {
          ...{ requestId, oracle: place.oracle, payee, fee, royalty, callbackFailed, gasCost: gas },
          ...{ outputs, integers, label, labels, statement: inference.statement },
        },
        [
          ['request', `${requestId}, answered`],
          ['paid to', `${payee}: ${etherText(fee - royalty)}`],
          ['royalty', etherText(royalty)],
          ['gas cost', etherText(gas)],
          ...(callbackFailed ? [['callback', 'FAILED: `oracle redeliver` repeats it'] as const] : []),
        ],
      )
      report({ ...answered, text: `${describeInference(proven)}\n${answered.text}` })
    })
}

/** What could not be paid for is not proven. */
async function requireOpen(
  chain: ChainReader,
  requestId: bigint,
  { status, deadline }: InferenceRequest,
): Promise<void> {
  const refuse = (message: string, hint: string) =>
    new ZkserveError('CHAIN_REJECTED', message, { hints: [hint], details: { reason: 'NotOpen', status } })
  if (status !== 'open') throw refuse(`request ${requestId} is ${status}`, 'Only open requests are answered.')
  if (deadline < (await chainTime(chain)))
    throw refuse(
      `the deadline of request ${requestId} passed at ${timeText(deadline)}`,
      '`zkserve oracle refund` gives its asker the fee back.',
    )
}
