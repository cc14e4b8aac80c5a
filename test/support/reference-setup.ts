import { rootOfUnity, scalarModulus } from '#prover/curve/bn254.js'
import { toLittleEndian } from '#prover/curve/bytes.js'
import type { KeyScalars } from '#prover/setup/key-scalars.js'
import type { Constraint, SmallCircuit } from './r1cs-writer.js'

export interface ReferenceSecrets {
  readonly tau: bigint
  readonly alpha: bigint
  readonly beta: bigint
  readonly delta: bigint
}

/**
 * The slow, readable twin of `keyScalars`, straight from the paper (ePrint 2016/260, section 3.2).
 *
 * @param publicRows false leaves out the rows for the constant and the public signals: an unsafe key
 */
export function referenceScalars(
  { constraints, wireCount, outputCount, publicInputCount }: SmallCircuit,
  { tau, alpha, beta, delta }: ReferenceSecrets,
  publicRows = true,
): KeyScalars {
  const publicCount = outputCount + publicInputCount
  let domainSize = 2
  while (domainSize < constraints.length + publicCount + 1) domainSize *= 2
  const lagrange = (size: number, index: number): bigint => {
    const point = power(rootOfOrder(size), BigInt(index))
    return divide((power(tau, BigInt(size)) - 1n) * point, BigInt(size) * (tau - point))
  }
  const column = (matrix: 0 | 1 | 2, wire: number): bigint =>
    constraints.reduce((sum, constraint: Constraint, row) => {
      const terms = constraint[matrix].filter(([term]) => term === wire)
      return terms.reduce((total, [, coefficient]) => total + coefficient * lagrange(domainSize, row), sum)
    }, 0n)
  const wires = Array.from({ length: wireCount }, (_, wire) => wire)
  const a = wires.map((wire) => {
    const extra = publicRows && wire <= publicCount ? lagrange(domainSize, constraints.length + wire) : 0n
    return column(0, wire) + extra
  })
  const b = wires.map((wire) => column(1, wire))
  const c = wires.map((wire) => column(2, wire))
  const k = wires.map((wire) =>
    divide(beta * a[wire]! + alpha * b[wire]! + c[wire]!, wire <= publicCount ? 1n : delta),
  )
  const h = Array.from({ length: domainSize }, (_, i) => divide(lagrange(2 * domainSize, 2 * i + 1), delta))
  const zero = power(tau, BigInt(domainSize))
  const q = wires.map((wire) => {
    if (wire <= publicCount) return divide(c[wire]! * (zero - 1n), 2n * delta)
    return divide(2n * (beta * a[wire]! + alpha * b[wire]!) + c[wire]! * (zero + 1n), 2n * delta)
  })
  return { g1: pack([alpha, beta, delta, ...a, ...b, ...k, ...h, ...q]), g2: pack([beta, delta, ...b]) }
}

function pack(values: readonly bigint[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.length * 32)
  for (const [index, value] of values.entries()) bytes.set(toLittleEndian(modulo(value)), index * 32)
  return bytes
}

function rootOfOrder(order: number): bigint {
  return power(rootOfUnity, 2n ** 28n / BigInt(order))
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  for (const bit of exponent.toString(2)) {
    result = (result * result) % scalarModulus
    if (bit === '1') result = modulo(result * base)
  }
  return result
}

function divide(numerator: bigint, denominator: bigint): bigint {
  return modulo(numerator * power(modulo(denominator), scalarModulus - 2n))
}

function modulo(value: bigint): bigint {
  return ((value % scalarModulus) + scalarModulus) % scalarModulus
}
