import { fieldBytes, rootOfUnity, twoAdicity } from '#prover/curve/bn254.js'
import { toLittleEndian } from '#prover/curve/bytes.js'
import type { CurveEngine } from '#prover/curve/engine.js'

/** Which Lagrange polynomials: those of the points ω^first, ω^(first + stride), … of a domain. */
export interface LagrangeSelection {
  /** Points in the domain, a power of two. */
  readonly domainSize: number
  readonly first: number
  readonly stride: number
  readonly count: number
}

/**
 * Values at τ of Lagrange polynomials: L_j(τ) = (τ^n − 1) / n · ω^j / (τ − ω^j).
 *
 * @param tau address of τ in Montgomery form, outside the domain
 * @returns address of the values, 32 bytes each, in Montgomery form
 */
export function lagrangeAt(engine: CurveEngine, tau: number, selection: LagrangeSelection): number {
  const { domainSize, first, stride, count } = selection
  const f = engine.operations
  const bytes = count * fieldBytes
  const values = engine.reserve(bytes)
  const points = engine.reserve(bytes)
  const root = placeRoot(engine, domainSize)
  const step = engine.reserve(fieldBytes)
  power(engine, root, stride, step)
  power(engine, root, first, points)
  for (let at = 0; at < bytes; at += fieldBytes) {
    f.frm_sub(tau, points + at, values + at)
    if (at + fieldBytes < bytes) f.frm_mul(points + at, step, points + at + fieldBytes)
  }
  const factor = engine.reserve(fieldBytes)
  vanishingOverSize(engine, tau, domainSize, factor)
  // The inversion of a batch takes one element more than its count of scratch space.
  engine.makeRoom(bytes + fieldBytes)
  f.frm_batchInverse(values, fieldBytes, count, values, fieldBytes)
  for (let at = 0; at < bytes; at += fieldBytes) {
    f.frm_mul(values + at, points + at, values + at)
    f.frm_mul(values + at, factor, values + at)
  }
  engine.release(points)
  return values
}

/** (τ^n − 1) / n */
function vanishingOverSize(engine: CurveEngine, tau: number, domainSize: number, out: number): void {
  const f = engine.operations
  const other = engine.place(toLittleEndian(BigInt(domainSize)))
  f.frm_toMontgomery(other, other)
  f.frm_inverse(other, other)
  power(engine, tau, domainSize, out)
  const one = engine.reserve(fieldBytes)
  f.frm_one(one)
  f.frm_sub(out, one, out)
  f.frm_mul(out, other, out)
}

/** A primitive root of unity of the order, in Montgomery form. */
function placeRoot(engine: CurveEngine, order: number): number {
  const root = engine.place(toLittleEndian(rootOfUnity))
  engine.operations.frm_toMontgomery(root, root)
  for (let size = 2 ** twoAdicity; size > order; size /= 2) engine.operations.frm_square(root, root)
  return root
}

/** base^exponent for a small exponent. */
function power(engine: CurveEngine, base: number, exponent: number, out: number): void {
  const f = engine.operations
  f.frm_one(out)
  for (const bit of exponent.toString(2)) {
    f.frm_square(out, out)
    if (bit === '1') f.frm_mul(out, base, out)
  }
}
