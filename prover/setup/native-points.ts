import type { NativeAddon } from '#prover/backends/native-addon.js'
import { fieldBytes } from '#prover/curve/bn254.js'
import type { CurveEngine } from '#prover/curve/engine.js'
import { g1Bytes, g2Bytes } from '#prover/key/zkey-format.js'
import type { R1cs, SparseMatrix } from '#prover/r1cs/r1cs.js'
import {
  type KeyPoints,
  type KeyPointsOptions,
  threadsFor,
  throwIfAborted,
} from '#prover/setup/key-points.js'
import { leadingG1, leadingG2 } from '#prover/setup/key-scalars.js'
import type { Secrets } from '#prover/setup/secrets.js'

/** What the addon's `setup` takes; see prover/native/src/setup-job.h. It writes `g1`, `g2` and `done`. */
export interface NativeSetupRequest {
  readonly constraintCount: number
  readonly wireCount: number
  readonly publicCount: number
  readonly domainSize: number
  readonly committed: number
  readonly threads: number
  readonly a: SparseMatrix
  readonly b: SparseMatrix
  readonly c: SparseMatrix
  readonly coefficients: Uint8Array
  /** τ, α, β, δ, κ: 32 bytes each, least significant first. Copied before the call returns. */
  readonly secrets: Uint8Array
  readonly generatorG1: Uint8Array
  readonly generatorG2: Uint8Array
  readonly g1: Uint8Array
  readonly g2: Uint8Array
  /** Ends the set-up with an error when its byte becomes 1. */
  readonly cancelled: Uint8Array
  /** Points made so far. */
  readonly done: Uint32Array
}

/** Between two looks at how far the addon is. */
const pollMilliseconds = 50

/**
 * The points of a key by the addon: the same as `keyPoints` of `keyScalars`, many times faster.
 *
 * @param engine holds the secrets; it can be destroyed as soon as this has returned its promise
 * @throws ZkserveError `CANCELLED`
 */
export async function nativeKeyPoints(
  addon: NativeAddon,
  engine: CurveEngine,
  r1cs: R1cs,
  { domainSize, committed, secrets }: { domainSize: number; committed: number; secrets: Secrets },
  { threads, signal, onProgress }: KeyPointsOptions,
): Promise<KeyPoints> {
  const count = {
    g1: leadingG1 + 4 * r1cs.wireCount + domainSize + committed,
    g2: leadingG2 + r1cs.wireCount + (committed > 0 ? 1 : 0),
  }
  const points = { g1: new Uint8Array(count.g1 * g1Bytes), g2: new Uint8Array(count.g2 * g2Bytes) }
  const total = count.g1 + count.g2
  const cancelled = new Uint8Array(1)
  const done = new Uint32Array(1)
  const { constraintCount, wireCount, publicCount, a, b, c, coefficients } = r1cs
  const numbers = secretNumbers(engine, secrets)
  let pending: Promise<void>
  try {
    pending = addon.setup({
      ...{ constraintCount, wireCount, publicCount, domainSize, committed },
      threads: threadsFor(total, threads),
      ...{ a, b, c, coefficients, secrets: numbers, cancelled, done, ...points },
      generatorG1: engine.bytes(engine.g1Generator, g1Bytes).slice(),
      generatorG2: engine.bytes(engine.g2Generator, g2Bytes).slice(),
    })
  } finally {
    numbers.fill(0)
  }
  const cancel = (): void => {
    cancelled[0] = 1
  }
  const timer = setInterval(() => onProgress?.(Math.min(done[0]!, total), total), pollMilliseconds)
  signal?.addEventListener('abort', cancel, { once: true })
  if (signal?.aborted === true) cancel()
  try {
    await pending
  } catch (error) {
    throwIfAborted(signal)
    throw error
  } finally {
    clearInterval(timer)
    signal?.removeEventListener('abort', cancel)
  }
  onProgress?.(total, total)
  throwIfAborted(signal)
  return points
}

/** τ, α, β, δ, κ out of Montgomery form; κ is 0 where there is none. */
function secretNumbers(engine: CurveEngine, { tau, alpha, beta, delta, kappa }: Secrets): Uint8Array {
  const numbers = new Uint8Array(5 * fieldBytes)
  const number = engine.reserve(fieldBytes)
  for (const [index, address] of [tau, alpha, beta, delta, kappa].entries()) {
    if (address === null) continue
    engine.operations.frm_fromMontgomery(address, number)
    numbers.set(engine.bytes(number, fieldBytes), index * fieldBytes)
  }
  return numbers
}
