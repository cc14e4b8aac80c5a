import { type Address, encodeFunctionData } from 'viem'
import { generatedDigitsAbi } from '#contracts/generated/GeneratedDigits.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { claimIdOf, type DigitClaim } from '#service/chain/generated-digit.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'

/** Claims a prompt that nobody else learns yet, in about 45,000 gas. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export function claimGeneratedDigit(
  chain: ChainWriter,
  { generatedDigits, claim }: { generatedDigits: Address; claim: DigitClaim },
): Promise<SentTransaction> {
  const data = encodeFunctionData({
    abi: generatedDigitsAbi,
    functionName: 'claim',
    args: [claimIdOf(claim)],
  })
  return sendTransaction(chain, { to: generatedDigits, data })
}
