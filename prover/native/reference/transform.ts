import { rootOfUnity, twoAdicity } from '#prover/curve/bn254.js'
import { Fr, power } from './field.js'

/** The root of unity of order 2^power that snarkjs' domains are built from. */
export function rootOfOrder(exponent: number): bigint {
  return power(Fr, rootOfUnity, 1n << BigInt(twoAdicity - exponent))
}

/**
 * Values of a polynomial at 1, root, root², …, by its even and its odd coefficients (Cooley and Tukey 1965).
 *
 * @param coefficients a power of two of them, the lowest first
 * @param root of that order
 */
export function evaluate(coefficients: readonly bigint[], root: bigint): bigint[] {
  if (coefficients.length === 1) return [coefficients[0]!]
  const square = Fr.multiply(root, root)
  const [even, odd] = [0, 1].map((parity) =>
    evaluate(
      coefficients.filter((_, index) => index % 2 === parity),
      square,
    ),
  ) as [bigint[], bigint[]]
  const values = new Array<bigint>(coefficients.length)
  let factor = 1n
  for (const [index, value] of even.entries()) {
    const term = Fr.multiply(factor, odd[index]!)
    values[index] = Fr.add(value, term)
    values[index + even.length] = Fr.subtract(value, term)
    factor = Fr.multiply(factor, root)
  }
  return values
}

/** Coefficients of the polynomial with the values at 1, root, root², …. */
export function interpolate(values: readonly bigint[], root: bigint): bigint[] {
  const scale = Fr.invert(BigInt(values.length))
  return evaluate(values, Fr.invert(root)).map((value) => Fr.multiply(value, scale))
}

/** Values at the N-th roots of unity to values at those times the root of order 2N. */
export function toOddCoset(values: readonly bigint[]): bigint[] {
  const shift = rootOfOrder(Math.log2(values.length) + 1)
  const root = Fr.multiply(shift, shift)
  let factor = 1n
  const shifted = interpolate(values, root).map((coefficient) => {
    const term = Fr.multiply(coefficient, factor)
    factor = Fr.multiply(factor, shift)
    return term
  })
  return evaluate(shifted, root)
}
