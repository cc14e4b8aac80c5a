import type { Address } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import type { ProofWithSignals } from '#prover/groth16.js'
import { parseProof } from '#prover/proof/parse.js'
import type { ProofFile } from '#prover/verify.js'

/** What a proof was made for. */
export interface ReadBinding {
  readonly chainId: bigint
  readonly verifier: Address
  readonly requester: Address
  readonly nonce: bigint
}

/** A proof file and what it is bound to, as it says. @throws ZkserveError `INVALID_PROOF` */
export function readBoundProof(file: unknown): ProofWithSignals & { readonly binding: ReadBinding } {
  parseProof(file)
  const { proof, publicSignals, context } = file as ProofWithSignals & Partial<ProofFile>
  const { chainId, verifier, requester, nonce } = context ?? {}
  if (!isNumber(chainId) || !isNumber(nonce) || !isAddress(verifier) || !isAddress(requester)) {
    throw new ZkserveError('INVALID_PROOF', 'the file does not say what its proof is bound to', {
      hints: [
        'Its member `context` has chainId, verifier, requester and nonce, as `zkserve prove` writes them.',
      ],
    })
  }
  return {
    proof,
    publicSignals,
    binding: { chainId: BigInt(chainId), verifier, requester, nonce: BigInt(nonce) },
  }
}

function isNumber(value: unknown): value is string {
  return typeof value === 'string' && /^(\d{1,78}|0x[0-9a-fA-F]{1,64})$/.test(value)
}

function isAddress(value: unknown): value is Address {
  return typeof value === 'string' && /^0x[0-9a-fA-F]{40}$/.test(value)
}
