import { type Address, encodeAbiParameters, keccak256 } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import type { Inference, ProofWords } from '#service/chain/encode-proof-calldata.js'

/** Whom an answer to a request pays, and how much. */
export interface FulfilmentTerms {
  readonly requestId: bigint
  readonly payee: Address
  /** In wei, at most the request's fee. */
  readonly fee: bigint
}

/** The contract's struct `Fulfilment`. */
export interface Fulfilment extends FulfilmentTerms {
  readonly proof: ProofWords
  readonly statement: readonly bigint[]
}

const termsAbi = [{ type: 'uint256' }, { type: 'address' }, { type: 'uint96' }] as const

/**
 * The nonce for which the answer to a request is proven, with the oracle as requester. It binds request, payee and fee:
 * whoever copies the proof pays the same account.
 */
export function fulfilmentNonce({ requestId, payee, fee }: FulfilmentTerms): bigint {
  return BigInt(keccak256(encodeAbiParameters(termsAbi, [requestId, payee, fee])))
}

/**
 * An answer as the oracle takes it.
 *
 * @param inference proven for the oracle and {@link fulfilmentNonce}.
 * @throws INVALID_PROOF if it was made for another nonce.
 */
export function encodeFulfilment(terms: FulfilmentTerms, inference: Inference): Fulfilment {
  if (inference.nonce !== fulfilmentNonce(terms)) {
    throw new ZkserveError('INVALID_PROOF', 'the proof was made for another request, payee or fee')
  }
  const { requestId, payee, fee } = terms
  return { requestId, payee, fee, proof: inference.proof, statement: inference.statement }
}
