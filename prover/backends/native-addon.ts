import { createRequire } from 'node:module'
import { join } from 'node:path'
import { packageRoot } from '#circuits/paths.js'

/** A proving key in native memory. */
export interface NativeKey {
  readonly signals: number
  readonly publics: number
  /**
   * Makes a proof, which ends with an error when `cancelled[0]` becomes 1.
   */
  prove(witness: Uint8Array, threads: number, cancelled: Uint8Array): Promise<NativeProof>
}

export interface NativeProof {
  /** A.x, A.y, B.x (2), B.y (2), C.x, C.y: 32 bytes each, least significant first. */
  readonly proof: Uint8Array
  /** CPU time of each stage in ms, over all threads. */
  readonly stages: ProofStages
}

/** `rows` times the witness, `transforms`, the multiplications of points by name, and the `assembly` of the proof. */
export type ProofStages = Readonly<
  Record<'rows' | 'transforms' | 'a' | 'b1' | 'b2' | 'c' | 'h' | 'assembly', number>
>

/** What `prover/native` exports. */
export interface NativeAddon {
  readonly ProvingKey: new (zkey: Uint8Array) => NativeKey
  /** Single steps, for tests. Numbers are 32 bytes each, least significant first. */
  readonly arithmetic: NativeArithmetic
  /** Name of the fastest build for this processor. */
  fastest(): NativeBuild
}

export interface NativeArithmetic {
  /** For each pair of numbers: a + b, a - b, a·b, a², 1/a, a(a - b) - b. */
  baseField(a: Uint8Array, b: Uint8Array): Uint8Array
  scalarField(a: Uint8Array, b: Uint8Array): Uint8Array
  /** Σ scalar·point, affine; (0, 0) is the neutral element. */
  multiplyG1(points: Uint8Array, scalars: Uint8Array): Uint8Array
  multiplyG2(points: Uint8Array, scalars: Uint8Array): Uint8Array
  /** Values at the N-th roots of unity to values at those times the root of order 2N. */
  toOddCoset(values: Uint8Array): Uint8Array
  /** A proof with given blinding (two numbers), as {@link NativeProof.proof}. */
  prove(zkey: Uint8Array, witness: Uint8Array, blinding: Uint8Array, threads: number): Uint8Array
}

/** `portable` runs everywhere, `bmi2` on x86-64 of the last ten years, `ifma` where AVX-512 IFMA is. */
export type NativeBuild = 'portable' | 'bmi2' | 'ifma'

const require = createRequire(import.meta.url)

function load(build: NativeBuild): NativeAddon {
  return require(join(packageRoot, 'prover', 'native', 'build', 'Release', `${build}.node`)) as NativeAddon
}

/** The addon built for this processor (or the given build), or null where none was built at installation. */
export function loadNativeAddon(build?: NativeBuild): NativeAddon | null {
  try {
    return load(build ?? load('portable').fastest())
  } catch {
    return null
  }
}
