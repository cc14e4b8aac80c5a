import { randomFillSync } from 'node:crypto'
import { CurveEngine } from '#prover/curve/engine.js'
import type { VerificationKey } from '#prover/groth16.js'
import { verificationKeyFromZkey } from '#prover/key/from-zkey.js'
import type { R1cs } from '#prover/r1cs/r1cs.js'
import { domainSizeOf } from '#prover/setup/domain.js'
import { type KeyPoints, keyPoints, throwIfAborted } from '#prover/setup/key-points.js'
import { type KeyScalars, keyScalars } from '#prover/setup/key-scalars.js'
import { drawSecrets, type FillRandom } from '#prover/setup/secrets.js'
import { writeZkey } from '#prover/setup/zkey.js'

/** Progress of a set-up; `points` takes nearly all the time. */
export interface SetupProgress {
  readonly stage: 'scalars' | 'points' | 'key'
  readonly done: number
  readonly total: number
}

export interface DevelopmentSetupOptions {
  readonly onProgress?: (progress: SetupProgress) => void
  readonly signal?: AbortSignal
  /** Source of the secrets; by default that of the operating system. Anything else is for tests. */
  readonly random?: FillRandom
  /** Worker threads; by default one a core, at most 8. Small circuits take none. */
  readonly threads?: number
}

export interface SetupKeys {
  /** A snarkjs `.zkey`. */
  readonly zkey: Uint8Array<ArrayBuffer>
  readonly verificationKey: VerificationKey
}

/**
 * Makes Groth16 keys for a circuit in one step, by a party that knows the secrets for a moment.
 *
 * τ, α, β and δ come from the operating system and stay in WebAssembly memory; they and everything that tells them
 * are overwritten, or their thread is ended, before this returns. Even so whoever controls the machine could keep them and forge proofs: such
 * keys are for development only, and must be marked so.
 *
 * @throws ZkserveError `INVALID_CIRCUIT` without constraints, `MODEL_TOO_LARGE`, `CANCELLED`
 */
export async function developmentSetup(
  r1cs: R1cs,
  options: DevelopmentSetupOptions = {},
): Promise<SetupKeys> {
  const report = (stage: SetupProgress['stage'], done: number, total: number): void =>
    options.onProgress?.({ stage, done, total })
  const domainSize = domainSizeOf(r1cs)
  throwIfAborted(options.signal)
  report('scalars', 0, 1)
  const scalars = drawScalars(r1cs, domainSize, options.random ?? randomFillSync)
  report('scalars', 1, 1)
  const points: KeyPoints = await keyPoints(scalars, {
    signal: options.signal,
    threads: options.threads,
    onProgress: (done, total) => report('points', done, total),
  })
  throwIfAborted(options.signal)
  report('key', 0, 1)
  const zkey = writeZkey(new CurveEngine(), r1cs, domainSize, points)
  const verificationKey = verificationKeyFromZkey(zkey)
  report('key', 1, 1)
  return { zkey, verificationKey }
}

/** The secrets live inside this call only; the scalars that it returns are overwritten by their user. */
function drawScalars(r1cs: R1cs, domainSize: number, random: FillRandom): KeyScalars {
  const engine = new CurveEngine()
  try {
    return keyScalars(engine, r1cs, domainSize, drawSecrets(engine, random, domainSize))
  } finally {
    engine.destroy()
  }
}
