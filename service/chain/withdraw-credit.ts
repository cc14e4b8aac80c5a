import { type Address, encodeFunctionData, parseEventLogs } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { inferenceOracleAbi } from '#contracts/generated/InferenceOracle.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'

/**
 * Takes the sender's whole credit out of an InferenceOracle.
 *
 * @param to the sender by default.
 * @throws CHAIN_REJECTED with `details.reason` NothingToWithdraw or WithdrawalFailed; CHAIN_UNREACHABLE
 */
export async function withdrawCredit(
  chain: ChainWriter,
  { oracle, to = chain.account.address }: { oracle: Address; to?: Address },
): Promise<{ readonly amount: bigint; readonly transaction: SentTransaction }> {
  const data = encodeFunctionData({ abi: inferenceOracleAbi, functionName: 'withdraw', args: [to] })
  const transaction = await sendTransaction(chain, { to: oracle, data })
  const { logs } = transaction.receipt
  const [withdrawn] = parseEventLogs({ abi: inferenceOracleAbi, eventName: 'Withdrawn', logs })
  if (!withdrawn) throw new ZkserveError('CHAIN_REJECTED', 'the oracle did not record the withdrawal')
  return { amount: withdrawn.args.amount, transaction }
}
