import { type Address, bytesToHex, encodeFunctionData, stringToHex } from 'viem'
import { generatedDigitsAbi } from '#contracts/generated/GeneratedDigits.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { type DigitMint, tokenIdOf } from '#service/chain/generated-digit.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'

/** A token as it was minted. */
export interface MintedDigit {
  readonly tokenId: bigint
  readonly transaction: SentTransaction
}

/**
 * Mints a proven picture to whom its proof names, in about 1,310,000 gas for 28 × 28 pixels.
 *
 * @throws CHAIN_REJECTED with `details.reason`: ClaimMissing, ClaimTooYoung, PromptTaken, InvalidProof, …
 */
export async function mintGeneratedDigit(
  chain: ChainWriter,
  { generatedDigits, mint }: { generatedDigits: Address; mint: DigitMint },
): Promise<MintedDigit> {
  const tokenId = tokenIdOf(mint.prompt)
  const data = encodeFunctionData({
    abi: generatedDigitsAbi,
    functionName: 'addAigcData',
    args: [tokenId, stringToHex(mint.prompt), bytesToHex(mint.picture), mint.proof],
  })
  return { tokenId, transaction: await sendTransaction(chain, { to: generatedDigits, data }) }
}
