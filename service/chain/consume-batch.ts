import { type Address, encodeFunctionData } from 'viem'
import { inferenceVerifierAbi } from '#contracts/generated/InferenceVerifier.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import type { Inference } from '#service/chain/encode-proof-calldata.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'

/** Inferences by one version of a model, all made for the sender. */
export interface InferenceBatch {
  readonly verifier: Address
  readonly modelId: bigint
  readonly version: number
  readonly inferences: readonly Inference[]
}

/**
 * Accepts a batch with one pairing check, in about 67,000 gas each for 32; all or none.
 *
 * @throws CHAIN_REJECTED with `details.reason` if any element is bad.
 */
export function consumeBatch(chain: ChainWriter, batch: InferenceBatch): Promise<SentTransaction> {
  const data = encodeFunctionData({
    abi: inferenceVerifierAbi,
    functionName: 'consumeBatch',
    args: [batch.modelId, batch.version, batch.inferences],
  })
  return sendTransaction(chain, { to: batch.verifier, data })
}
