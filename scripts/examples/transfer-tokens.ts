import { type Address, encodeFunctionData, erc20Abi } from 'viem'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'

/** Sends tokens of the sender's. @param amount in the token's units @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export function transferTokens(
  from: ChainWriter,
  token: Address,
  to: Address,
  amount: bigint,
): Promise<SentTransaction> {
  const args = [to, amount] as const
  const data = encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args })
  return sendTransaction(from, { to: token, data })
}
