import { baseModulus, scalarModulus } from '#prover/curve/bn254.js'

/** Arithmetic of a field on elements in lowest terms: slow and plain, as the judge of prover/native/src. */
export interface Field<Value> {
  readonly zero: Value
  readonly one: Value
  add(a: Value, b: Value): Value
  subtract(a: Value, b: Value): Value
  multiply(a: Value, b: Value): Value
  /** 1/a; 0 for 0, as the native arithmetic has it. */
  invert(a: Value): Value
  equals(a: Value, b: Value): boolean
}

/** An element a + b·u of F_q², u² = −1. */
export type Quadratic = readonly [a: bigint, b: bigint]

/** The integers modulo a prime, from 0 to prime − 1. */
function primeField(prime: bigint): Field<bigint> {
  const reduce = (a: bigint): bigint => ((a % prime) + prime) % prime
  return {
    zero: 0n,
    one: 1n,
    add: (a, b) => reduce(a + b),
    subtract: (a, b) => reduce(a - b),
    multiply: (a, b) => reduce(a * b),
    invert: (a) => reduce(inverse(a, prime)),
    equals: (a, b) => a === b,
  }
}

/** The extended Euclidean algorithm: the x of a·x ≡ 1, or 0 for a = 0. */
function inverse(a: bigint, prime: bigint): bigint {
  let [remainder, next] = [prime, a]
  let [x, nextX] = [0n, 1n]
  while (next !== 0n) {
    const quotient = remainder / next
    ;[remainder, next] = [next, remainder - quotient * next]
    ;[x, nextX] = [nextX, x - quotient * nextX]
  }
  return a === 0n ? 0n : x
}

/** Coordinates of G1. */
export const Fq = primeField(baseModulus)

/** Wire values, scalars of points. */
export const Fr = primeField(scalarModulus)

/** Coordinates of G2. */
export const Fq2: Field<Quadratic> = {
  zero: [0n, 0n],
  one: [1n, 0n],
  add: ([a, b], [c, d]) => [Fq.add(a, c), Fq.add(b, d)],
  subtract: ([a, b], [c, d]) => [Fq.subtract(a, c), Fq.subtract(b, d)],
  multiply: ([a, b], [c, d]) => [
    Fq.subtract(Fq.multiply(a, c), Fq.multiply(b, d)),
    Fq.add(Fq.multiply(a, d), Fq.multiply(b, c)),
  ],
  invert: ([a, b]) => {
    const norm = Fq.invert(Fq.add(Fq.multiply(a, a), Fq.multiply(b, b)))
    return [Fq.multiply(a, norm), Fq.multiply(Fq.subtract(0n, b), norm)]
  },
  equals: ([a, b], [c, d]) => a === c && b === d,
}

/** a to the power of a non-negative exponent, by squaring. */
export function power<Value>(field: Field<Value>, a: Value, exponent: bigint): Value {
  let result = field.one
  for (const bit of exponent.toString(2)) {
    result = field.multiply(result, result)
    if (bit === '1') result = field.multiply(result, a)
  }
  return result
}
