import type { Command } from 'commander'
import { toZkserveError } from '#circuits/errors.js'
import type { VerifiableModel } from '#prover/bundle/load.js'
import type { Verification } from '#prover/verify.js'
import { describeInference } from '#service/cli/describe-inference.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

/** `zkserve verify`: whether a proof holds for a bundle. */
export function verifyVerb(program: Command, { report }: VerbContext): void {
  addCommand(
    program,
    'verify <bundle>',
    'check a proof against the verifying key of a bundle, or of a public view of one',
  )
    .requiredOption('--proof <proof>', 'file that prove wrote; - for standard input')
    .action(async (directory: string, flags: { readonly proof: string }) => {
      const { loadVerifiable } = await import('#prover/bundle/public-view.js')
      const { readJson } = await import('#service/cli/files.js')
      const bundle = await loadVerifiable(directory)
      const verification = await check(bundle, await readJson(flags.proof, 'INVALID_PROOF'))
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

function looksLikeProof(file: unknown): boolean {
  return typeof file === 'object' && file !== null && 'proof' in file && 'publicSignals' in file
}

function describeVerification({ valid, reason, claim }: Verification): string {
  if (!valid) return `invalid: ${reason ?? 'the proof does not hold'}`
  return claim === undefined ? 'valid' : `valid\n${describeInference({ ...claim, saturated: 0 })}`
}
