import { g1Generator, g2Generator } from '#prover/curve/bn254.js'
import { type Field, Fq, Fq2, type Quadratic } from './field.js'

/** An affine point of y² = x³ + b; null is the neutral element. */
export type Point<Value> = readonly [x: Value, y: Value] | null

/** One of the curve's groups by its coordinates' field; addition does not use b. */
export interface Group<Value> {
  readonly field: Field<Value>
  readonly generator: Point<Value>
}

export const G1: Group<bigint> = { field: Fq, generator: g1Generator }
export const G2: Group<Quadratic> = { field: Fq2, generator: g2Generator }

/** P + Q by chord and tangent, every case apart (Silverman, The Arithmetic of Elliptic Curves, III.2.3). */
export function add<Value>({ field }: Group<Value>, p: Point<Value>, q: Point<Value>): Point<Value> {
  if (p === null) return q
  if (q === null) return p
  const [x1, y1] = p
  const [x2, y2] = q
  const sameX = field.equals(x1, x2)
  if (sameX && field.equals(field.add(y1, y2), field.zero)) return null
  const square = field.multiply(x1, x1)
  const slope = sameX
    ? divide(field, field.add(field.add(square, square), square), field.add(y1, y1))
    : divide(field, field.subtract(y2, y1), field.subtract(x2, x1))
  const x3 = field.subtract(field.subtract(field.multiply(slope, slope), x1), x2)
  return [x3, field.subtract(field.multiply(slope, field.subtract(x1, x3)), y1)]
}

export function negate<Value>({ field }: Group<Value>, p: Point<Value>): Point<Value> {
  return p === null ? null : [p[0], field.subtract(field.zero, p[1])]
}

/**
 * Σ scalar·point: doubled and added bit by bit, the highest first, for all points at once.
 *
 * @param scalars non-negative, one a point
 */
export function multiply<Value>(
  group: Group<Value>,
  points: readonly Point<Value>[],
  scalars: readonly bigint[],
): Point<Value> {
  const bits = Math.max(0, ...scalars.map((scalar) => scalar.toString(2).length))
  let sum: Point<Value> = null
  for (let bit = bits - 1; bit >= 0; bit--) {
    sum = add(group, sum, sum)
    for (const [index, point] of points.entries()) {
      if ((scalars[index]! >> BigInt(bit)) & 1n) sum = add(group, sum, point)
    }
  }
  return sum
}

/** Each scalar times one point, as a set-up needs it: the point's doublings are made once. */
export function multiplyFixed<Value>(
  group: Group<Value>,
  point: Point<Value>,
  scalars: readonly bigint[],
): Point<Value>[] {
  const doublings: Point<Value>[] = [point]
  while (doublings.length < 256) doublings.push(add(group, doublings.at(-1)!, doublings.at(-1)!))
  return scalars.map((scalar) =>
    doublings.reduce(
      (sum, doubling, bit) => ((scalar >> BigInt(bit)) & 1n ? add(group, sum, doubling) : sum),
      null as Point<Value>,
    ),
  )
}

function divide<Value>(field: Field<Value>, a: Value, b: Value): Value {
  return field.multiply(a, field.invert(b))
}
