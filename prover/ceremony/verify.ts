import { ZkserveError } from '#circuits/errors.js'
import { brokenOrder, type CeremonyPlace } from '#prover/ceremony/folder.js'
import type { CeremonyMaterials } from '#prover/ceremony/materials.js'
import { pointsLieOnCurve } from '#prover/ceremony/points-on-curve.js'
import { type JobOptions, runSnarkjs } from '#prover/ceremony/run-snarkjs.js'
import { faultOf, isFinished, type Transcript, transcriptOf } from '#prover/ceremony/transcript.js'
import { lintVerificationKey } from '#prover/key/lint.js'

/** What a check of a whole ceremony found. */
export interface CeremonyVerification {
  /** Whether the key is the circuit's, made of these powers by these steps, and somebody contributed to it. */
  readonly valid: boolean
  /** Why not. */
  readonly reason?: string
  /** Whether it has its beacon, and so can be exported. */
  readonly finished: boolean
  readonly key: string
  readonly circuitHash: `0x${string}`
  readonly transcript: Transcript
}

/**
 * Checks a key from its circuit and powers of tau on: makes the first key again, and follows all steps. Takes as long
 * as beginning the ceremony, and then some.
 *
 * @throws ZkserveError `CANCELLED`; a key that does not hold is an answer
 */
export async function verifyCeremony(
  { key, folder }: CeremonyPlace,
  { r1cs, circuitHash, powers }: CeremonyMaterials,
  options: JobOptions = {},
): Promise<CeremonyVerification> {
  const { chain, path, sizes } = key
  const transcript = transcriptOf(chain, powers)
  const found = { finished: isFinished(chain), key: path, circuitHash, transcript }
  const fail = (reason: string): CeremonyVerification => ({ valid: false, reason, ...found })
  try {
    const fault = faultOf(chain) ?? (folder && (await brokenOrder(folder.path)))
    if (fault !== null) return fail(fault)
    if (sizes.domainSize > 2 ** powers.power) return fail('the key is larger than the powers of tau')
    lintVerificationKey(key.verificationKey, { publicCount: sizes.publicCount })
    if (!(await pointsLieOnCurve(path))) return fail('the key has points off the curve')
    const job = { kind: 'verifyKey', r1cs, powers: powers.path, key: path } as const
    const { holds, faults } = await runSnarkjs(job, options)
    return holds ? { valid: true, ...found } : fail(faults[0] ?? 'snarkjs refuses the key')
  } catch (error) {
    if (!(error instanceof ZkserveError) || !falseCodes.has(error.code)) throw error
    return fail(error.message)
  }
}

const falseCodes: ReadonlySet<string> = new Set(['INVALID_CEREMONY', 'INVALID_KEY'])
