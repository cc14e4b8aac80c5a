import type { LayerReport } from '#prover/bundle/manifest.js'
import type { VerificationKey } from '#prover/groth16.js'
import type { Evaluation } from '#prover/inference/evaluate.js'

/** The files that tell people of a version: its key, its accuracy over the calibration rows, its costs by layer. */
export function versionFiles(
  verificationKey: VerificationKey,
  calibration: Evaluation,
  layers: readonly LayerReport[],
): Readonly<Record<'verification_key.json' | 'report.json', Uint8Array>> {
  const encode = (value: unknown, indent: number) =>
    new TextEncoder().encode(`${JSON.stringify(value, null, indent)}\n`)
  return {
    'verification_key.json': encode(verificationKey, 1),
    'report.json': encode({ calibration, layers }, 2),
  }
}
