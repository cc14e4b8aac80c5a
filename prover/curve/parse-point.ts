import { baseModulus } from '#prover/curve/bn254.js'
import { parseDecimal } from '#prover/curve/decimal.js'
import { sharedEngine } from '#prover/curve/engine.js'
import {
  type AffineG1,
  type AffineG2,
  isInG2Subgroup,
  isOnG1,
  isOnTwist,
  type QuadraticElement,
} from '#prover/curve/points.js'

/** What is wrong with a point, in words that follow its name. */
export type PointFault =
  | 'is not a point'
  | 'is infinity'
  | 'has a coordinate that is no canonical decimal below q'
  | 'is not on the curve'
  | 'is not in the subgroup'

/** A point, or what is wrong with it. */
export type Parsed<Point> = { readonly point: Point } | { readonly fault: PointFault }

/** A finite point of G1 in snarkjs' form: three decimal strings, the third "1". */
export function parseG1(value: unknown): Parsed<AffineG1> {
  if (!Array.isArray(value) || value.length !== 3) return { fault: 'is not a point' }
  if (value[2] === '0') return { fault: 'is infinity' }
  const x = parseDecimal(value[0], baseModulus)
  const y = parseDecimal(value[1], baseModulus)
  if (value[2] !== '1') return { fault: 'is not a point' }
  if (x === undefined || y === undefined)
    return { fault: 'has a coordinate that is no canonical decimal below q' }
  if (!isOnG1([x, y])) return { fault: 'is not on the curve' }
  return { point: [x, y] }
}

/** A finite point of G2 in snarkjs' form: three pairs (c0, c1) of decimal strings, the third ("1", "0"). */
export function parseG2(value: unknown): Parsed<AffineG2> {
  if (!Array.isArray(value) || value.length !== 3) return { fault: 'is not a point' }
  const [first, second, third] = value as unknown[]
  if (!isPair(first) || !isPair(second) || !isPair(third)) return { fault: 'is not a point' }
  if (third[0] === '0' && third[1] === '0') return { fault: 'is infinity' }
  if (third[0] !== '1' || third[1] !== '0') return { fault: 'is not a point' }
  const x = parseQuadratic(first)
  const y = parseQuadratic(second)
  if (x === undefined || y === undefined)
    return { fault: 'has a coordinate that is no canonical decimal below q' }
  if (!isOnTwist([x, y])) return { fault: 'is not on the curve' }
  if (!isInG2Subgroup(sharedEngine(), [x, y])) return { fault: 'is not in the subgroup' }
  return { point: [x, y] }
}

function isPair(value: unknown): value is readonly [unknown, unknown] {
  return Array.isArray(value) && value.length === 2
}

function parseQuadratic([first, second]: readonly [unknown, unknown]): QuadraticElement | undefined {
  const c0 = parseDecimal(first, baseModulus)
  const c1 = parseDecimal(second, baseModulus)
  return c0 === undefined || c1 === undefined ? undefined : [c0, c1]
}
