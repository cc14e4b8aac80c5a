import { baseModulus, fieldBytes, scalarModulus } from '#prover/curve/bn254.js'
import { fromLittleEndian } from '#prover/curve/bytes.js'
import { readZkeySizes } from '#prover/key/from-zkey.js'
import { coefficientBytes, zkeyHeader, zkeyKind, zkeySection } from '#prover/key/zkey-format.js'
import { readSections, requiredSection } from '#prover/r1cs/container.js'
import { Fq, Fr, type Quadratic } from './field.js'
import type { Point } from './group.js'

/** A coefficient of the constraints: matrix 0 is A, 1 is B. */
export interface Coefficient {
  readonly matrix: number
  readonly row: number
  readonly wire: number
  readonly value: bigint
}

/** A `.zkey` as numbers; points of each wire, `c` of private wires alone, `h` of each row of the domain. */
export interface ReferenceKey {
  readonly publicCount: number
  readonly domainSize: number
  readonly alpha1: Point<bigint>
  readonly beta1: Point<bigint>
  readonly delta1: Point<bigint>
  readonly beta2: Point<Quadratic>
  readonly delta2: Point<Quadratic>
  readonly a: readonly Point<bigint>[]
  readonly b1: readonly Point<bigint>[]
  readonly b2: readonly Point<Quadratic>[]
  readonly c: readonly Point<bigint>[]
  readonly h: readonly Point<bigint>[]
  readonly coefficients: readonly Coefficient[]
}

const radix = 1n << 256n
const baseRadix = Fq.invert(radix % baseModulus)
/** Coefficients are stored times 2^512. */
const coefficientRadix = Fr.invert((radix * radix) % scalarModulus)

/** @throws ZkserveError `INVALID_KEY` */
export function readReferenceKey(zkey: Uint8Array): ReferenceKey {
  const { publicCount, domainSize } = readZkeySizes(zkey)
  const sections = readSections(zkey, zkeyKind)
  const section = (type: number): Uint8Array => requiredSection(sections, type, zkeyKind)
  const header = section(zkeySection.header)
  const [alpha1, beta1, delta1] = [zkeyHeader.alpha1, zkeyHeader.beta1, zkeyHeader.delta1].map(
    (at) => g1Points(header.subarray(at, at + 2 * fieldBytes))[0]!,
  ) as [Point<bigint>, Point<bigint>, Point<bigint>]
  const [beta2, delta2] = [zkeyHeader.beta2, zkeyHeader.delta2].map(
    (at) => g2Points(header.subarray(at, at + 4 * fieldBytes))[0]!,
  ) as [Point<Quadratic>, Point<Quadratic>]
  return {
    ...{ publicCount, domainSize, alpha1, beta1, delta1, beta2, delta2 },
    a: g1Points(section(zkeySection.a)),
    b1: g1Points(section(zkeySection.b1)),
    b2: g2Points(section(zkeySection.b2)),
    c: g1Points(section(zkeySection.c)),
    h: g1Points(section(zkeySection.h)),
    coefficients: readCoefficients(section(zkeySection.coefficients)),
  }
}

function coordinates(bytes: Uint8Array): bigint[] {
  return Array.from({ length: bytes.length / fieldBytes }, (_, index) =>
    Fq.multiply(fromLittleEndian(bytes, index * fieldBytes), baseRadix),
  )
}

function g1Points(bytes: Uint8Array): Point<bigint>[] {
  const all = coordinates(bytes)
  return Array.from({ length: all.length / 2 }, (_, index) => {
    const [x, y] = [all[2 * index]!, all[2 * index + 1]!]
    return x === 0n && y === 0n ? null : [x, y]
  })
}

function g2Points(bytes: Uint8Array): Point<Quadratic>[] {
  const all = coordinates(bytes)
  return Array.from({ length: all.length / 4 }, (_, index) => {
    const point = all.slice(4 * index, 4 * index + 4) as [bigint, bigint, bigint, bigint]
    return point.every((each) => each === 0n)
      ? null
      : [
          [point[0], point[1]],
          [point[2], point[3]],
        ]
  })
}

function readCoefficients(bytes: Uint8Array): Coefficient[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return Array.from({ length: view.getUint32(0, true) }, (_, index) => {
    const at = 4 + index * coefficientBytes
    return {
      matrix: view.getUint32(at, true),
      row: view.getUint32(at + 4, true),
      wire: view.getUint32(at + 8, true),
      value: Fr.multiply(fromLittleEndian(bytes, at + 12), coefficientRadix),
    }
  })
}
