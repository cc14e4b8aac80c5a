import { type Address, encodeFunctionData, parseEventLogs } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { creditsAbi } from '#contracts/generated/Credits.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'

/**
 * Takes the sender's whole credit out of a contract that keeps credits: an oracle, a pool, an arena, …
 *
 * @param to the sender by default.
 * @returns the amount in wei
 * @throws CHAIN_REJECTED with `details.reason` NothingToWithdraw or WithdrawalFailed; CHAIN_UNREACHABLE
 */
export async function withdrawCredit(
  chain: ChainWriter,
  { contract, to = chain.account.address }: { contract: Address; to?: Address },
): Promise<{ readonly amount: bigint; readonly transaction: SentTransaction }> {
  const data = encodeFunctionData({ abi: creditsAbi, functionName: 'withdraw', args: [to] })
  const transaction = await sendTransaction(chain, { to: contract, data })
  const { logs } = transaction.receipt
  const [withdrawn] = parseEventLogs({ abi: creditsAbi, eventName: 'Withdrawn', logs })
  if (!withdrawn) throw new ZkserveError('CHAIN_REJECTED', 'the contract did not record the withdrawal')
  return { amount: withdrawn.args.amount, transaction }
}
