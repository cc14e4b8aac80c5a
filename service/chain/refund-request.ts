import { type Address, encodeFunctionData } from 'viem'
import { inferenceOracleAbi } from '#contracts/generated/InferenceOracle.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'

/**
 * Credits the fee of a request that nobody answered to its asker; anyone may, after the deadline or where the version
 * is revoked.
 *
 * @throws CHAIN_REJECTED with `details.reason` NotRefundable; CHAIN_UNREACHABLE
 */
export function refundRequest(
  chain: ChainWriter,
  { oracle, requestId }: { oracle: Address; requestId: bigint },
): Promise<SentTransaction> {
  const data = encodeFunctionData({ abi: inferenceOracleAbi, functionName: 'refund', args: [requestId] })
  return sendTransaction(chain, { to: oracle, data })
}
