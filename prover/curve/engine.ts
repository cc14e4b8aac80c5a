import wasmcurves from 'wasmcurves/build/bn128_wasm.js'

/** A function of the WebAssembly module: arguments are addresses, field elements in Montgomery form. */
type Operation = (...addresses: number[]) => number

/** The functions of the module that are used here; `f1m` is F_q, `f2m` F_q², `frm` F_r, `ftm` F_q¹². */
const operations = [
  'f1m_add',
  'f1m_sub',
  'f1m_neg',
  'f1m_mul',
  'f1m_square',
  'f1m_inverse',
  'f1m_isZero',
  'f1m_copy',
  'f1m_one',
  'f1m_toMontgomery',
  'f1m_fromMontgomery',
  'f2m_add',
  'f2m_sub',
  'f2m_neg',
  'f2m_mul',
  'f2m_square',
  'f2m_inverse',
  'f2m_isZero',
  'f2m_copy',
  'f2m_one',
  'frm_add',
  'frm_sub',
  'frm_neg',
  'frm_mul',
  'frm_square',
  'frm_inverse',
  'frm_one',
  'frm_zero',
  'frm_isZero',
  'frm_isOne',
  'frm_eq',
  'frm_toMontgomery',
  'frm_fromMontgomery',
  'frm_batchToMontgomery',
  'frm_batchFromMontgomery',
  'frm_batchInverse',
  'g1m_double',
  'g1m_addAffine',
  'g1m_add',
  'g1m_addMixed',
  'g1m_neg',
  'g1m_isZero',
  'g1m_inCurveAffine',
  'g1m_toAffine',
  'g1m_zero',
  'g1m_copy',
  'g1m_timesScalar',
  'g1m_timesScalarAffine',
  'g2m_double',
  'g2m_add',
  'g2m_addMixed',
  'g2m_zero',
  'g2m_addAffine',
  'g2m_toAffine',
  'g2m_isZero',
  'g2m_timesScalar',
  'bn128_pairing',
  'bn128_pairingEq2',
  'bn128_pairingEq3',
  'bn128_prepareG1',
  'bn128_prepareG2',
  'bn128_millerLoop',
  'bn128_finalExponentiation',
  'ftm_mul',
  'ftm_eq',
] as const

export type CurveOperations = Readonly<Record<(typeof operations)[number], Operation>>

const pageBytes = 65536
const initialPages = 25
/** What the module's routines may take beyond what is reserved, batch inversion aside. */
const scratchBytes = 1 << 16

let compiled: WebAssembly.Module | undefined

/**
 * BN254 field, curve and pairing arithmetic in WebAssembly (wasmcurves 0.2.2), on a linear memory of its own.
 *
 * Single-threaded and synchronous: no workers are started, so nothing has to be closed. The first word of
 * the memory is the address of its free space; the module's own routines take scratch space from there too.
 */
export class CurveEngine {
  readonly operations: CurveOperations
  /** Addresses of the generators, affine in their first two coordinates, and of 1 in F_q¹². */
  readonly g1Generator = wasmcurves.pG1gen
  readonly g2Generator = wasmcurves.pG2gen
  readonly targetOne = wasmcurves.pOneT
  readonly #memory = new WebAssembly.Memory({ initial: initialPages })

  constructor() {
    compiled ??= new WebAssembly.Module(
      Uint8Array.from(atob(wasmcurves.code), (letter) => letter.charCodeAt(0)),
    )
    const instance = new WebAssembly.Instance(compiled, { env: { memory: this.#memory } })
    this.operations = instance.exports as CurveOperations
  }

  /** Address of the free space; {@link CurveEngine.release} goes back to it. */
  mark(): number {
    return this.#words(0, 1)[0]!
  }

  /** Gives back everything reserved since the mark. */
  release(mark: number): void {
    this.#words(0, 1)[0] = mark
  }

  /** Reserves bytes at an address divisible by 8. */
  reserve(bytes: number): number {
    const address = Math.ceil(this.mark() / 8) * 8
    this.#words(0, 1)[0] = address
    this.makeRoom(bytes)
    this.#words(0, 1)[0] = address + bytes
    return address
  }

  /** Grows the memory until so many bytes are free, beside what the module's routines take. */
  makeRoom(bytes: number): void {
    const missing = this.mark() + bytes + scratchBytes - this.#memory.buffer.byteLength
    if (missing > 0) this.#memory.grow(Math.ceil(missing / pageBytes))
  }

  /** A view of the memory; reserving more may detach it. */
  bytes(address: number, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#memory.buffer, address, length)
  }

  /** Reserves a copy of the bytes. */
  place(bytes: Uint8Array): number {
    const address = this.reserve(bytes.length)
    this.bytes(address, bytes.length).set(bytes)
    return address
  }

  /** Overwrites the whole memory, constants and scratch space included: the engine is of no use afterwards. */
  destroy(): void {
    new Uint8Array(this.#memory.buffer).fill(0)
  }

  #words(address: number, length: number): Uint32Array {
    return new Uint32Array(this.#memory.buffer, address, length)
  }
}

let shared: CurveEngine | undefined

/** The engine of this thread for short public computations (checks, verification): never for secrets. */
export function sharedEngine(): CurveEngine {
  shared ??= new CurveEngine()
  return shared
}
