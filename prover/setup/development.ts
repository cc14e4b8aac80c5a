import { randomFillSync } from 'node:crypto'
import { ZkserveError } from '#circuits/errors.js'
import { CurveEngine } from '#prover/curve/engine.js'
import type { VerificationKey } from '#prover/groth16.js'
import { verificationKeyFromZkey } from '#prover/key/from-zkey.js'
import { g1Bytes, g2Bytes } from '#prover/key/zkey-format.js'
import type { R1cs } from '#prover/r1cs/r1cs.js'
import { domainSizeOf } from '#prover/setup/domain.js'
import { type KeyPoints, keyPoints, throwIfAborted } from '#prover/setup/key-points.js'
import { type KeyScalars, keyScalars, leadingG1 } from '#prover/setup/key-scalars.js'
import { drawSecrets, type FillRandom } from '#prover/setup/secrets.js'
import { writeZkey } from '#prover/setup/zkey.js'
import type { CommitmentKey } from '#prover/weights/commitment-key.js'

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
  /** Public signals, the last ones, that are committed to: the set-up then makes a commitment key. Default: 0. */
  readonly committed?: number
  /** Worker threads; by default one a core, at most 8. Small circuits take none. */
  readonly threads?: number
}

export interface SetupKeys {
  /** A snarkjs `.zkey`. */
  readonly zkey: Uint8Array<ArrayBuffer>
  readonly verificationKey: VerificationKey
  /** For the last public signals, where it was asked for. */
  readonly commitmentKey: CommitmentKey | null
}

/**
 * Makes Groth16 keys for a circuit in one step, by a party that knows the secrets for a moment.
 *
 * τ, α, β, δ and κ come from the operating system and stay in WebAssembly memory; they and everything that tells them
 * are overwritten, or their thread is ended, before this returns. Even so whoever controls the machine could keep them and forge proofs: such
 * keys are for development only, and must be marked so.
 *
 * @throws ZkserveError `INVALID_CIRCUIT` without constraints, or with fewer public signals than are committed to,
 *   `MODEL_TOO_LARGE`, `CANCELLED`
 */
export async function developmentSetup(
  r1cs: R1cs,
  options: DevelopmentSetupOptions = {},
): Promise<SetupKeys> {
  const report = (stage: SetupProgress['stage'], done: number, total: number): void =>
    options.onProgress?.({ stage, done, total })
  const domainSize = domainSizeOf(r1cs)
  const committed = options.committed ?? 0
  if (committed > r1cs.publicCount) {
    const message = `the circuit has ${r1cs.publicCount} public signals, not ${committed} to commit to`
    throw new ZkserveError('INVALID_CIRCUIT', message)
  }
  throwIfAborted(options.signal)
  report('scalars', 0, 1)
  const scalars = drawScalars(r1cs, domainSize, options.random ?? randomFillSync, committed)
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
  const commitmentKey = committed === 0 ? null : commitmentKeyOf(r1cs, points, committed)
  report('key', 1, 1)
  return { zkey, verificationKey, commitmentKey }
}

/** The secrets live inside this call only; the scalars that it returns are overwritten by their user. */
function drawScalars(r1cs: R1cs, domainSize: number, random: FillRandom, committed: number): KeyScalars {
  const engine = new CurveEngine()
  try {
    const secrets = drawSecrets(engine, random, domainSize, committed > 0)
    return keyScalars(engine, r1cs, domainSize, secrets, committed)
  } finally {
    engine.destroy()
  }
}

/** The points in the order of {@link keyScalars}: K of the public wires follows A and B, the multiples by κ come last. */
function commitmentKeyOf(
  { wireCount, publicCount }: R1cs,
  { g1, g2 }: KeyPoints,
  committed: number,
): CommitmentKey {
  const first = leadingG1 + 2 * wireCount + publicCount + 1 - committed
  return {
    spanKey: g2.slice(-g2Bytes),
    points: g1.slice(first * g1Bytes, (first + committed) * g1Bytes),
    shifted: g1.slice(-committed * g1Bytes),
  }
}
