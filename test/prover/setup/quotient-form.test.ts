/** The four-transform form against the usual one, in discrete logarithms: both give the same element of the proof. */
import { expect, test } from 'vitest'
import { scalarModulus as r, rootOfUnity } from '#prover/curve/bn254.js'
import { numbersOf } from '../../support/native-builds.js'
import { evaluate, randomCircuit } from '../../support/random-circuit.js'
import { RandomSource } from '../../support/random-source.js'
import { referenceScalars } from '../../support/reference-setup.js'

test('C of a proof from quotient points and a·b is that from K and a·b − c', () => {
  const random = new RandomSource(31)
  for (let round = 0; round < 8; round++) {
    const { circuit, witness } = randomCircuit(random)
    const secret = (): bigint => 2n + random.bigintBelow(r - 2n)
    const secrets = { tau: secret(), alpha: secret(), beta: secret(), delta: secret() }
    const logs = numbersOf(referenceScalars(circuit, secrets).g1)
    const wires = circuit.wireCount
    const publicCount = circuit.outputCount + circuit.publicInputCount
    const domainSize = logs.length - 3 - 4 * wires
    const take = (first: number, count: number): bigint[] => logs.slice(first, first + count)
    const k = take(3 + 2 * wires, wires)
    const h = take(3 + 3 * wires, domainSize)
    const q = take(3 + 3 * wires + domainSize, wires)

    const rows = (matrix: 0 | 1): bigint[] => {
      const values = circuit.constraints.map((constraint) => evaluate(constraint[matrix], witness))
      const ofPublics = witness.slice(0, publicCount + 1).map((value) => (matrix === 0 ? value : 0n))
      return [...values, ...ofPublics, ...Array(domainSize - values.length - ofPublics.length).fill(0n)]
    }
    const [a, b] = [rows(0), rows(1)]
    const c = a.map((value, row) => value * b[row]!)
    const [oddA, oddB, oddC] = [a, b, c].map(toOddCoset) as [bigint[], bigint[], bigint[]]
    const dot = (values: readonly bigint[], points: readonly bigint[]): bigint =>
      values.reduce((sum, value, index) => (sum + value * points[index]!) % r, 0n)
    const usual =
      dot(witness.slice(publicCount + 1), k.slice(publicCount + 1)) +
      dot(
        oddA.map((value, i) => (((value * oddB[i]! - oddC[i]!) % r) + r) % r),
        h,
      )
    const short =
      dot(witness, q) +
      dot(
        oddA.map((value, i) => (value * oddB[i]!) % r),
        h,
      )
    expect(short % r, `round ${round}`).toBe(usual % r)
  }
})

/** Values of the polynomial through the given ones at the odd roots of twice the order, by Lagrange's formula. */
function toOddCoset(values: readonly bigint[]): bigint[] {
  const size = values.length
  const root = power(rootOfUnity, 2n ** 28n / BigInt(2 * size))
  const roots = Array.from({ length: 2 * size }, (_, i) => power(root, BigInt(i)))
  // L_j(x) = (x^N − 1)/N · y/(x − y) depends on x/y alone; x^N = −1 on the odd coset.
  const weights = roots.map((ratio) => ((r - 2n) * power((BigInt(size) * (ratio - 1n)) % r, r - 2n)) % r)
  return values.map((_, i) =>
    values.reduce(
      (sum, value, j) => (sum + value * weights[(2 * (i - j) + 1 + 2 * size) % (2 * size)]!) % r,
      0n,
    ),
  )
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  for (const bit of exponent.toString(2)) {
    result = (result * result) % r
    if (bit === '1') result = (result * base) % r
  }
  return result
}
