/** Arithmetic modulo a prime; small primes let tests compare the solver with exhaustive enumeration. */
export class PrimeField {
  constructor(readonly modulus: bigint) {}

  /** The representative in [0, modulus). */
  reduce(value: bigint): bigint {
    const remainder = value % this.modulus
    return remainder < 0n ? remainder + this.modulus : remainder
  }

  /** The representative of least magnitude. */
  centred(value: bigint): bigint {
    const reduced = this.reduce(value)
    return 2n * reduced > this.modulus ? reduced - this.modulus : reduced
  }

  /** The inverse of a value that is not 0. */
  inverse(value: bigint): bigint {
    let [a, b] = [this.reduce(value), this.modulus]
    let [x, y] = [1n, 0n]
    while (a > 1n) {
      const quotient = b / a
      ;[a, b] = [b - quotient * a, a]
      ;[x, y] = [y - quotient * x, x]
    }
    return this.reduce(x)
  }
}
