import { randomFillSync } from 'node:crypto'
import { ZkserveError } from '#circuits/errors.js'
import { loadNativeAddon, type NativeBuild } from '#prover/backends/native-addon.js'
import { sha256 } from '#prover/bundle/files.js'
import { CurveEngine } from '#prover/curve/engine.js'
import type { VerificationKey } from '#prover/groth16.js'
import { verificationKeyFromZkey } from '#prover/key/from-zkey.js'
import { writeQuotientPoints } from '#prover/key/quotient-points.js'
import { g1Bytes, g2Bytes } from '#prover/key/zkey-format.js'
import type { R1cs } from '#prover/r1cs/r1cs.js'
import { domainSizeOf } from '#prover/setup/domain.js'
import { type KeyPoints, keyPoints, throwIfAborted } from '#prover/setup/key-points.js'
import { keyScalars, leadingG1 } from '#prover/setup/key-scalars.js'
import { nativeKeyPoints } from '#prover/setup/native-points.js'
import { drawSecrets, type FillRandom } from '#prover/setup/secrets.js'
import { quotientPointsOf, writeZkey } from '#prover/setup/zkey.js'
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
  /** Threads; by default one a core, at most 8. Small circuits take one. */
  readonly threads?: number
  /** The build of the addon that makes the points; by default the fastest there is. `none`: WebAssembly makes them. */
  readonly native?: NativeBuild | 'none'
}

export interface SetupKeys {
  /** A snarkjs `.zkey`. */
  readonly zkey: Uint8Array<ArrayBuffer>
  readonly verificationKey: VerificationKey
  /** The file of {@link QuotientPoints} for the zkey. */
  readonly quotient: Uint8Array<ArrayBuffer>
  /** For the last public signals, where it was asked for. */
  readonly commitmentKey: CommitmentKey | null
}

/**
 * Makes Groth16 keys for a circuit in one step, by a party that knows the secrets for a moment.
 *
 * τ, α, β, δ and κ come from the operating system and stay in WebAssembly's and the addon's memory; they and
 * everything that tells them are overwritten, or their thread is ended, before this returns. Even so whoever controls
 * the machine could keep them and forge proofs: such keys are for development only, and must be marked so.
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
  const points = await makePoints(r1cs, domainSize, committed, options, report)
  throwIfAborted(options.signal)
  report('key', 0, 1)
  const zkey = writeZkey(new CurveEngine(), r1cs, domainSize, points)
  const verificationKey = verificationKeyFromZkey(zkey)
  const quotient = writeQuotientPoints(quotientPointsOf(r1cs, domainSize, points), sha256(zkey))
  const commitmentKey = committed === 0 ? null : commitmentKeyOf(r1cs, points, committed)
  report('key', 1, 1)
  return { zkey, verificationKey, quotient, commitmentKey }
}

/** The secrets and what is made of them live inside this call only. */
async function makePoints(
  r1cs: R1cs,
  domainSize: number,
  committed: number,
  { native, random = randomFillSync, signal, threads }: DevelopmentSetupOptions,
  report: (stage: SetupProgress['stage'], done: number, total: number) => void,
): Promise<KeyPoints> {
  const addon = native === 'none' ? null : loadNativeAddon(native)
  const options = {
    signal,
    threads,
    onProgress: (done: number, total: number) => report('points', done, total),
  }
  const engine = new CurveEngine()
  let pending: Promise<KeyPoints>
  try {
    const secrets = drawSecrets(engine, random, domainSize, committed > 0)
    if (addon === null) {
      const scalars = keyScalars(engine, r1cs, domainSize, secrets, committed)
      report('scalars', 1, 1)
      pending = keyPoints(scalars, options)
    } else {
      report('scalars', 1, 1)
      pending = nativeKeyPoints(addon, engine, r1cs, { domainSize, committed, secrets }, options)
    }
  } finally {
    engine.destroy()
  }
  return pending
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
