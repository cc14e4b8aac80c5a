import type { Account, Address, Hex } from 'viem'
import type { Inference } from '#service/chain/encode-proof-calldata.js'
import { encodeVerifierCall } from '#service/chain/encode-verifier-call.js'
import {
  type SentTransaction,
  sendTransaction,
  type TransactionSender,
} from '#service/chain/send-transaction.js'
import type { ProofReply } from '#service/http/schemas/inference.js'

export interface Submission {
  readonly client: TransactionSender['client']
  /** Signs and pays; the requester of the proof, where it names one. */
  readonly wallet: TransactionSender['wallet'] & { readonly account: Account }
  /** The model's id in the registry. */
  readonly modelId: bigint
  /** Its version there; 1 by default. */
  readonly version?: number
}

/**
 * Has the InferenceVerifier that the proof is bound to accept it, and spends its nonce. A dry run comes first, so that
 * a proof that is not accepted costs nothing.
 * @throws ZkserveError `CHAIN_REJECTED` with `details.reason` (InvalidProof, NonceSpent, NotRequester, …),
 *   `CHAIN_UNREACHABLE`
 */
export function submitOnChain(
  { calldata, context }: Pick<ProofReply, 'calldata' | 'context'>,
  { client, wallet, modelId, version = 1 }: Submission,
): Promise<SentTransaction> {
  const data = encodeVerifierCall({
    functionName: 'consume',
    modelId,
    version,
    inference: inferenceOf(calldata.inference),
  })
  return sendTransaction(
    { client, wallet, account: wallet.account },
    { to: context.verifier as Address, data },
  )
}

function inferenceOf({ proof, statement, requester, nonce }: ProofReply['calldata']['inference']): Inference {
  return {
    proof: proof.map(BigInt) as unknown as Inference['proof'],
    statement: statement.map(BigInt),
    requester: requester as Address,
    nonce: BigInt(nonce as Hex),
  }
}
