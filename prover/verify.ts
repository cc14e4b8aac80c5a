import { ZkserveError } from '#circuits/errors.js'
import type { VerifiableModel } from '#prover/bundle/load.js'
import { contextOf, type ProofBinding } from '#prover/context.js'
import type { ProofWithSignals } from '#prover/groth16.js'
import { describeIntegers, type Inference } from '#prover/inference/infer.js'
import { decodeOutputs } from '#prover/inference/public-signals.js'
import { parseProof } from '#prover/proof/parse.js'
import { verifyProof } from '#prover/proof/verify.js'

/** A proof as the command line writes it: with the hashes of its model and what it is bound to. */
export interface ProofFile extends ProofWithSignals {
  readonly model: { readonly modelHash: string; readonly circuitHash: string; readonly vkHash: string }
  readonly context: {
    readonly chainId: string
    readonly verifier: string
    readonly requester: string
    readonly nonce: string
  }
}

export interface Verification {
  readonly valid: boolean
  /** Why the proof is not accepted, where it isn't. */
  readonly reason?: string
  /** What the proof says, where it is valid. */
  readonly claim?: Omit<Inference, 'saturated'> & { readonly inputCommitment: string | null }
}

/** The file that accompanies a proof. */
export function proofFileOf(
  bundle: VerifiableModel,
  proven: ProofWithSignals & { readonly context: ProofBinding },
): ProofFile {
  const { modelHash, circuitHash, vkHash } = bundle.manifest
  const { chainId, verifier, requester, nonce } = proven.context
  return {
    model: { modelHash, circuitHash, vkHash },
    proof: proven.proof,
    publicSignals: proven.publicSignals,
    context: { chainId: String(chainId), verifier, requester, nonce: `0x${BigInt(nonce).toString(16)}` },
  }
}

/**
 * Checks a proof file against a bundle: the pairing equation, and, where the file gives them, that its model hashes
 * and its context are those of the proof.
 * @throws ZkserveError `INVALID_PROOF` for what is no proof at all
 */
export async function verifyProofFile(bundle: VerifiableModel, value: unknown): Promise<Verification> {
  const { signals } = parseProof(value)
  const { manifest, verificationKey } = bundle
  const file = value as ProofWithSignals & Partial<ProofFile>
  if (signals.length !== manifest.publicSignals.length) {
    const expected = manifest.publicSignals.length
    return {
      valid: false,
      reason: `the model has ${expected} public signals, the proof gives ${signals.length}`,
    }
  }
  if (file.model && file.model.vkHash !== manifest.vkHash) {
    return { valid: false, reason: 'the proof was made for another model' }
  }
  if (file.context && claimedContext(file.context) !== signals.at(-1)) {
    return {
      valid: false,
      reason: 'the last public signal does not belong to the context that the file gives',
    }
  }
  if (!(await verifyProof(verificationKey, file))) {
    return { valid: false, reason: 'the pairing equation does not hold' }
  }
  const claim = describeIntegers(manifest, decodeOutputs(manifest, manifest.publicSignals, signals))
  const inputCommitment = manifest.inputMode === 'hashed' ? signals[0]!.toString() : null
  return { valid: true, claim: { ...claim, inputCommitment } }
}

function claimedContext(context: ProofFile['context']): bigint {
  try {
    const { chainId, verifier, requester, nonce } = context
    return contextOf({ chainId: BigInt(chainId), verifier, requester, nonce: BigInt(nonce) })
  } catch (cause) {
    throw new ZkserveError('INVALID_PROOF', 'the context of the proof file is malformed', { cause })
  }
}
