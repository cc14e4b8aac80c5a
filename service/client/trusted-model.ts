import { parseInput } from '#circuits/data/input.js'
import { ZkserveError } from '#circuits/errors.js'
import { quantiseInputs } from '#circuits/qmodel/inputs.js'
import type { VerifiableModel } from '#prover/bundle/load.js'
import type { ModelFacts } from '#prover/bundle/manifest.js'
import type { VerificationKey } from '#prover/groth16.js'
import { packInputs } from '#prover/inference/pack-inputs.js'
import { verificationKeyHash } from '#prover/key/encode.js'
import { type Verification, verifyProofFile } from '#prover/verify.js'
import { commitInputs } from '#service/client/poseidon.js'
import type { ProofReply } from '#service/http/schemas/inference.js'
import { checkReceipt } from '#service/receipts/check-receipt.js'

/** A model as its verifier must know it: keep it, or its hash, from when you chose to trust it. */
export interface TrustedModel {
  readonly manifest: ModelFacts
  readonly verificationKey: VerificationKey
}

/** What else must be true of an answer; what is left out is not checked. */
export interface Expectation {
  /** The input that was sent, as `infer` takes it: the proof is of no other. */
  readonly input?: unknown
  /** Who may consume the proof, and the number of the answer. */
  readonly requester?: string
  readonly nonce?: string
  /** Address that must have signed the receipt. */
  readonly signer?: string
}

/**
 * A manifest and a key that belong together, and to the hash that the caller trusts.
 * @throws ZkserveError `INVALID_KEY` where the key is another
 */
export function trustModel(
  vkHash: string,
  manifest: ModelFacts,
  verificationKey: VerificationKey,
): TrustedModel {
  const hashes = [verificationKeyHash(verificationKey), manifest.vkHash]
  if (hashes.every((hash) => hash === vkHash.toLowerCase())) return { manifest, verificationKey }
  throw new ZkserveError('INVALID_KEY', `the key is not the one of hash ${vkHash}`)
}

/**
 * Checks an answer without trust in who gave it: the pairing equation, and that what the answer says of its outputs,
 * its model and its binding is what the proof says. With `input`, that the proof is of this input; where inputs are
 * committed to that takes the salt. About 20 ms in Node.
 */
export async function verifyAnswer(
  model: TrustedModel,
  answer: ProofReply,
  { input, requester, nonce, signer }: Expectation = {},
): Promise<Verification> {
  const verifiable: VerifiableModel = { dir: '', architectureKey: null, ...model }
  const verification = await verifyProofFile(verifiable, answer).catch((error: unknown) => {
    if (error instanceof ZkserveError && error.code === 'INVALID_PROOF') return refused(error.message)
    throw error
  })
  const { claim } = verification
  if (claim === undefined) return verification
  const said = {
    outputs: answer.outputs,
    integers: answer.integers,
    labels: answer.labels,
    label: answer.label,
  }
  const proven = {
    outputs: claim.outputs,
    integers: claim.integers,
    labels: claim.labels,
    label: claim.label,
  }
  if (!same(said, proven)) return refused('the answer says something else than its proof')
  if (requester !== undefined && requester.toLowerCase() !== answer.context.requester.toLowerCase()) {
    return refused('the proof was made for another requester')
  }
  if (nonce !== undefined && BigInt(nonce) !== BigInt(answer.context.nonce)) {
    return refused('the proof has another nonce')
  }
  if (input !== undefined && !isOfInput(model.manifest, answer, input)) {
    return refused('the proof is of another input')
  }
  if (signer !== undefined) {
    const reason = await receiptFault(model.manifest, answer, signer)
    if (reason !== null) return refused(reason)
  }
  return verification
}

/** Why the answer's receipt is none of this signer, or null. */
async function receiptFault(
  manifest: ModelFacts,
  answer: ProofReply,
  signer: string,
): Promise<string | null> {
  const { chainId, verifier, requester, nonce } = answer.context
  const context = { chainId: BigInt(chainId), verifier, requester, nonce: BigInt(nonce) }
  const checked = await checkReceipt(answer.receipt, { ...answer, manifest, context })
  if ('reason' in checked) return checked.reason
  return checked.signer.toLowerCase() === signer.toLowerCase() ? null : `${checked.signer} signed the receipt`
}

function isOfInput(manifest: ModelFacts, { salt, publicSignals }: ProofReply, input: unknown): boolean {
  const inputs = parseInput({ input }, manifest.inputs, manifest.batch)
  const { integers } = quantiseInputs(manifest, inputs)
  if (manifest.inputMode === 'hashed') {
    return salt !== null && commitInputs(manifest, integers, BigInt(salt)) === BigInt(publicSignals[0]!)
  }
  const words = packInputs(manifest, integers)
  const given = publicSignals.filter((_, i) => manifest.publicSignals[i]?.kind === 'input').map(BigInt)
  return words.length === given.length && words.every((word, i) => word === given[i])
}

/** JSON makes no difference between 0 and -0. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function refused(reason: string): Verification {
  return { valid: false, reason }
}
