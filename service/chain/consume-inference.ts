import type { InferenceQuery } from '#service/chain/check-inference.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { encodeVerifierCall } from '#service/chain/encode-verifier-call.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'

/**
 * Accepts an inference in the sender's name and spends its nonce, in about 257,000 gas (17,000 more for the first of
 * 256 neighbouring nonces).
 *
 * @throws CHAIN_REJECTED with `details.reason`: InvalidProof, SignalOutOfField, NonceSpent, NotRequester, …
 */
export function consumeInference(
  chain: ChainWriter,
  { verifier, ...call }: InferenceQuery,
): Promise<SentTransaction> {
  return sendTransaction(chain, {
    to: verifier,
    data: encodeVerifierCall({ functionName: 'consume', ...call }),
  })
}
