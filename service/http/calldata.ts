import type { Address } from 'viem'
import { toHex } from 'viem'
import type { ProvenInference } from '#prover/prove.js'
import { encodeProofCalldata } from '#service/chain/encode-proof-calldata.js'
import { encodeVerifierCall } from '#service/chain/encode-verifier-call.js'
import type { Calldata } from '#service/http/schemas/calldata.js'
import type { Registration } from '#service/models/registrations.js'

/** A proof as contracts take it; whole calls where the model's registry ids are known. */
export function calldataOf(proven: ProvenInference, registration: Registration | null): Calldata {
  const { requester, nonce } = proven.context
  const inference = encodeProofCalldata({
    proof: proven.proof,
    publicSignals: proven.publicSignals,
    requester: requester.toLowerCase() as Address,
    nonce: BigInt(nonce),
  })
  const call = (functionName: 'verify' | 'consume') =>
    registration === null ? null : encodeVerifierCall({ functionName, inference, ...registration })
  return {
    inference: {
      proof: inference.proof.map(toWord),
      statement: inference.statement.map(toWord),
      requester: inference.requester,
      nonce: toWord(inference.nonce),
    },
    verify: call('verify'),
    consume: call('consume'),
  }
}

function toWord(value: bigint): string {
  return toHex(value, { size: 32 })
}
