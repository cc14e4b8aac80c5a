import { type Address, encodeFunctionData } from 'viem'
import { inferenceOracleAbi } from '#contracts/generated/InferenceOracle.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'

/**
 * Repeats a callback that failed; anyone may.
 *
 * @param statement the answer, as in the event InferenceFulfilled.
 * @throws CHAIN_REJECTED with `details.reason` NotRedeliverable or RedeliveryFailed; CHAIN_UNREACHABLE
 */
export function redeliverAnswer(
  chain: ChainWriter,
  { oracle, requestId, statement }: { oracle: Address; requestId: bigint; statement: readonly bigint[] },
): Promise<SentTransaction> {
  const data = encodeFunctionData({
    abi: inferenceOracleAbi,
    functionName: 'redeliver',
    args: [requestId, statement],
  })
  return sendTransaction(chain, { to: oracle, data })
}
