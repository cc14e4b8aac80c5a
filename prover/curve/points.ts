import { baseModulus, scalarModulus } from '#prover/curve/bn254.js'
import { fromLittleEndian, toLittleEndian } from '#prover/curve/bytes.js'
import type { CurveEngine } from '#prover/curve/engine.js'

/** An affine point of G1, coordinates below q. */
export type AffineG1 = readonly [x: bigint, y: bigint]

/** An element c0 + c1·u of F_q², u² = −1. */
export type QuadraticElement = readonly [c0: bigint, c1: bigint]

/** An affine point of the twist that holds G2. */
export type AffineG2 = readonly [x: QuadraticElement, y: QuadraticElement]

/** 3 / (9 + u): the constant of the twist y² = x³ + b (EIP-197). */
const twistConstant: QuadraticElement = [
  19485874751759354771024239261021720505790618469301721065564631296452457478373n,
  266929791119991161246907387137283842545076965332900288569378510910307636690n,
]

/** Whether y² = x³ + 3 over F_q. G1 is the whole curve, so this is the membership test. */
export function isOnG1([x, y]: AffineG1): boolean {
  return (y * y - x * x * x - 3n) % baseModulus === 0n
}

/** Whether the point is on the twist; G2 is only a subgroup of it, see {@link isInG2Subgroup}. */
export function isOnTwist([x, y]: AffineG2): boolean {
  const left = multiply(y, y)
  const right = multiply(multiply(x, x), x)
  return [0, 1].every((i) => (left[i]! - right[i]! - twistConstant[i]!) % baseModulus === 0n)
}

/** Whether r times a point of the twist is infinity. */
export function isInG2Subgroup(engine: CurveEngine, point: AffineG2): boolean {
  const mark = engine.mark()
  const address = placeG2(engine, point)
  const scalar = engine.place(toLittleEndian(scalarModulus))
  const product = engine.reserve(192)
  engine.operations.g2m_timesScalar(address, scalar, 32, product)
  const inside = engine.operations.g2m_isZero(product) === 1
  engine.release(mark)
  return inside
}

/** Reserves the point in the engine's memory: x, y, 1 in Montgomery form, affine and Jacobian at once. */
export function placeG1(engine: CurveEngine, point: AffineG1): number {
  return placeCoordinates(engine, [...point, 1n])
}

/** Reserves the point in the engine's memory: x, y, 1, each as c0, c1 in Montgomery form. */
export function placeG2(engine: CurveEngine, [x, y]: AffineG2): number {
  return placeCoordinates(engine, [...x, ...y, 1n, 0n])
}

function placeCoordinates(engine: CurveEngine, coordinates: readonly bigint[]): number {
  const address = engine.reserve(32 * coordinates.length)
  for (const [index, value] of coordinates.entries()) {
    const at = address + 32 * index
    engine.bytes(at, 32).set(toLittleEndian(value))
    engine.operations.f1m_toMontgomery(at, at)
  }
  return address
}

function multiply(a: QuadraticElement, b: QuadraticElement): QuadraticElement {
  return [(a[0] * b[0] - a[1] * b[1]) % baseModulus, (a[0] * b[1] + a[1] * b[0]) % baseModulus]
}

/** The coordinates of a finite Jacobian point of G1 in the engine, which is made affine in place. */
export function affineG1At(engine: CurveEngine, address: number): AffineG1 {
  engine.operations.g1m_toAffine(address, address)
  const [x, y] = plainCoordinates(engine, engine.bytes(address, 64))
  return [x!, y!]
}

/** The coordinates of the bytes of an affine point of the twist in Montgomery form. */
export function affineG2At(engine: CurveEngine, bytes: Uint8Array): AffineG2 {
  const [x0, x1, y0, y1] = plainCoordinates(engine, bytes)
  return [
    [x0!, x1!],
    [y0!, y1!],
  ]
}

/** Field elements in Montgomery form, 32 bytes each, as numbers. */
export function plainCoordinates(engine: CurveEngine, elements: Uint8Array): bigint[] {
  const mark = engine.mark()
  const address = engine.place(elements.slice())
  const values = Array.from({ length: elements.length / 32 }, (_, index) => {
    const at = address + 32 * index
    engine.operations.f1m_fromMontgomery(at, at)
    return fromLittleEndian(engine.bytes(at, 32))
  })
  engine.release(mark)
  return values
}
