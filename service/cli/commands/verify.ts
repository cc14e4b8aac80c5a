import type { Command } from 'commander'
import { toZkserveError } from '#circuits/errors.js'
import type { VerifiableModel } from '#prover/bundle/load.js'
import type { ProofWithSignals } from '#prover/groth16.js'
import type { ProofFile, Verification } from '#prover/verify.js'
import { describeInference } from '#service/cli/describe-inference.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags {
  readonly proof: string
  readonly signer?: string
}

type VerificationWithReceipt = Verification & {
  readonly receipt?: { readonly signer: string; readonly issuedAt: string }
}

/** `zkserve verify`: whether a proof holds for a bundle. */
export function verifyVerb(program: Command, { report }: VerbContext): void {
  addCommand(
    program,
    'verify <bundle>',
    'check a proof against the verifying key of a bundle, or of a public view of one',
  )
    .requiredOption('--proof <proof>', 'file that prove wrote; - for standard input')
    .option('--signer <address>', 'demand a receipt of this signer')
    .action(async (directory: string, flags: Flags) => {
      const { loadVerifiable } = await import('#prover/bundle/public-view.js')
      const { readJson } = await import('#service/cli/files.js')
      const bundle = await loadVerifiable(directory)
      const file = await readJson(flags.proof, 'INVALID_PROOF')
      const verification = await withReceipt(await check(bundle, file), bundle, file, flags.signer)
      const text = describeVerification(verification)
      report({ document: verification, text, exitCode: verification.valid ? 0 : 1 })
    })
}

/** A file that has a proof's members but holds no proof is an invalid proof; one without them is bad input. */
async function check(bundle: VerifiableModel, file: unknown): Promise<Verification> {
  const { verifyProofFile } = await import('#prover/verify.js')
  try {
    return await verifyProofFile(bundle, file)
  } catch (thrown) {
    const error = toZkserveError(thrown)
    if (error.code !== 'INVALID_PROOF' || !looksLikeProof(file)) throw error
    return { valid: false, reason: error.message }
  }
}

/** A file that holds a receipt must hold one of its own proof, and where a signer is demanded, of this one. */
async function withReceipt(
  verification: Verification,
  { manifest }: VerifiableModel,
  file: unknown,
  wanted: string | undefined,
): Promise<VerificationWithReceipt> {
  if (!verification.valid) return verification
  const { receipt, ...proof } = file as Partial<ProofFile> & { readonly receipt?: unknown }
  if (receipt === undefined || receipt === null) {
    return wanted === undefined ? verification : { valid: false, reason: 'the file holds no receipt' }
  }
  const { checkReceipt } = await import('#service/receipts/check-receipt.js')
  if (!proof.context) return { valid: false, reason: 'the file lacks the context of its receipt' }
  const { chainId, verifier, requester, nonce } = proof.context
  const checked = await checkReceipt(receipt, {
    manifest,
    ...(proof as ProofWithSignals),
    context: { chainId: BigInt(chainId), verifier, requester, nonce: BigInt(nonce) },
    integers: verification.claim!.integers,
  })
  if ('reason' in checked) return { valid: false, ...checked }
  const { signer, issuedAt } = checked
  if (wanted !== undefined && wanted.toLowerCase() !== signer.toLowerCase()) {
    return { valid: false, reason: `the receipt was signed by ${signer}` }
  }
  return { ...verification, receipt: { signer, issuedAt: new Date(issuedAt * 1000).toISOString() } }
}

function looksLikeProof(file: unknown): boolean {
  return typeof file === 'object' && file !== null && 'proof' in file && 'publicSignals' in file
}

function describeVerification({ valid, reason, claim, receipt }: VerificationWithReceipt): string {
  if (!valid) return `invalid: ${reason ?? 'the proof does not hold'}`
  const signed = receipt === undefined ? '' : `, receipt signed by ${receipt.signer} at ${receipt.issuedAt}`
  return claim === undefined ? 'valid' : `valid${signed}\n${describeInference({ ...claim, saturated: 0 })}`
}
