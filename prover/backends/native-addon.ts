import { createRequire } from 'node:module'
import { join } from 'node:path'
import { packageRoot } from '#circuits/paths.js'
import type { NativeSetupRequest } from '#prover/setup/native-points.js'

/** A proving key in native memory, which all threads of the process share. */
export interface NativeKey {
  readonly signals: number
  readonly publics: number
  /**
   * Makes a proof on threads of its own, which ends with an error when `cancelled[0]` becomes 1; `progress[0]` gets
   * the share that is done, in thousandths.
   */
  prove(
    witness: Uint8Array,
    threads: number,
    cancelled: Uint8Array,
    progress?: Int32Array,
  ): Promise<NativeProof>
  /** Gives the memory back once running proofs have ended; the key serves no more. */
  release(): void
}

/** A key's files, for {@link NativeKeys.open}. */
export interface NativeKeyFiles {
  readonly zkey: string
  /** Of the zkey, in hex. */
  readonly sha256: string
  /** The prepared form, beside the zkey; its name should hold {@link NativeAddon.form}. */
  readonly prepared: string
  /** Points of the four-transform form, with their hash. */
  readonly quotient?: string
  readonly quotientSha256?: string
}

export interface NativeKeys {
  /** Parses a zkey on this thread. */
  new (zkey: Uint8Array): NativeKey
  /** Parses it on another; the bytes must stay as they are meanwhile. */
  load(zkey: Uint8Array): Promise<NativeKey>
  /** Maps the prepared form, without a look at the zkey; null where it is missing, damaged or of another key. */
  open(files: NativeKeyFiles): Promise<NativeKey | null>
  /** Parses a zkey whose hash was checked, and leaves the prepared form where the folder can be written to. */
  prepare(files: NativeKeyFiles): Promise<NativeKey>
}

/** How the addon rejects. */
export interface NativeError extends Error {
  readonly code: 'INVALID_KEY' | 'CANCELLED' | 'NO_MEMORY' | 'FAILED'
}

export interface NativeProof {
  /** A.x, A.y, B.x (2), B.y (2), C.x, C.y: 32 bytes each, least significant first. */
  readonly proof: Uint8Array
  /** CPU time of each stage in ms, over all threads. */
  readonly stages: ProofStages
  /** Time from the first step of each stage to the end of its last, in ms; stages overlap. */
  readonly wall: ProofStages
}

/** `rows` times the witness, `transforms`, the multiplications of points by name, and the `assembly` of the proof. */
export type ProofStages = Readonly<
  Record<'rows' | 'transforms' | 'a' | 'b1' | 'b2' | 'c' | 'h' | 'assembly', number>
>

/** What `prover/native` exports. */
export interface NativeAddon {
  readonly ProvingKey: NativeKeys
  /** Of prepared keys: processor lanes and version. */
  readonly form: string
  /** Keys that this process has loaded, by whatever thread, and their bytes. */
  loadedKeys(): { readonly count: number; readonly bytes: number }
  /** Makes a key's points; see `nativeKeyPoints`. */
  setup(request: NativeSetupRequest): Promise<void>
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
  /** CPU time in ms of so many multiplications in the base field, as many at once as the lanes and the processor allow. */
  multiplications(count: number): number
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
