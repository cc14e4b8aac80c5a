import { scalarModulus } from '#prover/curve/bn254.js'

/** A number as an element of the field, in [0, r). */
export function reduce(value: bigint): bigint {
  const remainder = value % scalarModulus
  return remainder < 0n ? remainder + scalarModulus : remainder
}

/** An element of the field as the number of least magnitude. */
export function centred(value: bigint): bigint {
  return value * 2n > scalarModulus ? value - scalarModulus : value
}

/** The inverse of an element that is not 0, by Euclid's algorithm. */
export function invert(value: bigint): bigint {
  let [high, low] = [scalarModulus, reduce(value)]
  let [before, factor] = [0n, 1n]
  while (low > 1n) {
    const quotient = high / low
    ;[high, low] = [low, high - quotient * low]
    ;[before, factor] = [factor, before - quotient * factor]
  }
  return reduce(factor)
}

/** The least denominator up to `most` that makes an element a number of at most 2^52, or null. */
export function smallDenominator(value: bigint, most: bigint): bigint | null {
  // Continued fractions: the convergents of value / r are the candidates (Wang 1981).
  let [high, low] = [scalarModulus, reduce(value)]
  let [before, denominator] = [0n, 1n]
  for (;;) {
    const magnitude = denominator < 0n ? -denominator : denominator
    if (magnitude > most) return null
    if (low <= 1n << 52n) return magnitude
    const quotient = high / low
    ;[high, low] = [low, high - quotient * low]
    ;[before, denominator] = [denominator, before - quotient * denominator]
  }
}
