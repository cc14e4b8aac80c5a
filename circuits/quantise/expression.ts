/**
 * Affine expressions of the float graph whose integer units are still open. A unit is the real number that the
 * integer 1 stands for. Sums of products choose their units from what follows them (a rescale to a known scale),
 * so expressions are built lazily and fixed from the top.
 */
import {
  type AveragePoolNode,
  type ConvNode,
  type DenseNode,
  type MaxPoolNode,
  type Shape,
  sizeOf,
} from '#circuits/graph/graph.js'
import type { TensorId } from '#circuits/qmodel/qmodel.js'

interface Base {
  readonly name: string
  readonly operator: string
  readonly shape: Shape
}

/** Integers low … low + 2^bits - 1. */
export interface IntegerWindow {
  readonly low: number
  readonly bits: number
}

/** An integer tensor that exists, with its unit. */
export interface TensorExpression extends Base {
  readonly kind: 'tensor'
  readonly id: TensorId
  readonly unit: number
  /** Mean of the squared real values over calibration. */
  readonly meanSquare: number
  /** Whether it holds products or sums of them: wider than an activation, its unit finer than one. */
  readonly wide: boolean
  /** What its integers never leave, where that is known before bounds are. */
  readonly window: IntegerWindow | null
}

/** An integer tensor whose elements have units of their own: columns of a table, channels joined from branches. */
export interface MixedExpression extends Base {
  readonly kind: 'mixed'
  readonly id: TensorId
  /** Per element. */
  readonly units: readonly number[]
  /** Per element: the real value that it lies around. */
  readonly centres: readonly number[]
  /** Per element: mean of the squared distance from the centre. */
  readonly meanSquares: readonly number[]
  readonly windows: readonly IntegerWindow[] | null
}

export interface LinearExpression extends Base {
  readonly kind: 'linear'
  readonly node: ConvNode | DenseNode
  readonly input: Expression
  /** Mean of the input's squared real values over calibration. */
  readonly meanSquare: number
  /** Bits that weights may have beyond those of trained ones: leaves of trees are read as they are. */
  readonly extraBits: number
}

/** y = factor·x + offset, both per index of `axis`. */
export interface ScaleExpression extends Base {
  readonly kind: 'scale'
  readonly axis: number
  readonly factors: Float32Array
  readonly offsets: Float32Array | null
  /** What the input's integers lie around: there, rounding factors changes nothing. */
  readonly centres: readonly number[] | null
  readonly input: Expression
  /** Mean of the input's squared real values over calibration. */
  readonly meanSquare: number
}

/** y = factor·x for one factor other than 0: another unit, and a sign. */
export interface TimesExpression extends Base {
  readonly kind: 'times'
  readonly factor: number
  readonly input: Expression
}

/** Sum of terms and a constant per element. */
export interface SumExpression extends Base {
  readonly kind: 'sum'
  readonly terms: readonly Expression[]
  readonly constant: Float32Array | null
  /** The unit of which those of all terms are multiples, where there is one and it is best. */
  readonly unit: number | null
}

export interface MeanExpression extends Base {
  readonly kind: 'mean'
  readonly node: AveragePoolNode
  readonly input: Expression
}

/** Maximum of values of one unit; kept open so that one rescale serves both. */
export interface MaximumExpression extends Base {
  readonly kind: 'maximum'
  readonly node: MaxPoolNode
  readonly input: Expression
}

/** Elements in another order; -1 takes the real number `fill`. */
export interface ReindexExpression extends Base {
  readonly kind: 'reindex'
  readonly indices: Int32Array
  readonly fill: number
  readonly input: Expression
}

export type Expression =
  | TensorExpression
  | MixedExpression
  | LinearExpression
  | ScaleExpression
  | TimesExpression
  | SumExpression
  | MeanExpression
  | MaximumExpression
  | ReindexExpression

/** The unit of an expression whose unit is settled by its inputs, or null where it can be chosen. */
export function settledUnit(expression: Expression): number | null {
  switch (expression.kind) {
    case 'tensor':
    case 'sum':
      return expression.unit
    case 'mixed':
    case 'linear':
    case 'scale':
      return null
    case 'times': {
      const unit = settledUnit(expression.input)
      return unit === null ? null : unit * Math.abs(expression.factor)
    }
    case 'mean': {
      const unit = settledUnit(expression.input)
      return unit === null ? null : unit / commonDivisor(expression)
    }
    case 'maximum':
    case 'reindex':
      return settledUnit(expression.input)
  }
}

/** Whether a settled expression is wider than an activation. */
export function isWide(expression: Expression): boolean {
  switch (expression.kind) {
    case 'tensor':
      return expression.wide
    case 'mixed':
    case 'linear':
    case 'scale':
      return false
    case 'sum':
      return expression.unit !== null
    case 'times':
    case 'mean':
    case 'maximum':
    case 'reindex':
      return isWide(expression.input)
  }
}

/** An index map that drops nothing: what is done to all elements is done before it. */
export function isExpansion(expression: Expression): expression is ReindexExpression {
  return expression.kind === 'reindex' && sizeOf(expression.input.shape) <= sizeOf(expression.shape)
}

/** Axis along which units may differ, or null where one unit serves all elements. */
export function unitAxis(expression: Expression): number | null {
  switch (expression.kind) {
    case 'tensor':
    case 'mixed':
    case 'reindex':
      return null
    case 'linear':
      return expression.node.kind === 'conv' ? 1 : expression.shape.length - 1
    case 'scale':
      return expression.axis
    case 'times':
    case 'mean':
    case 'maximum':
      return unitAxis(expression.input)
    case 'sum': {
      if (expression.unit !== null) return null
      const axes = expression.terms.filter((term) => settledUnit(term) === null).map(unitAxis)
      if (axes.length === 0) return expression.shape.length > 1 ? 1 : 0
      return axes.every((axis) => axis === axes[0]) ? axes[0]! : null
    }
  }
}

/** Elements that each window position of a mean divides by. */
export function divisors(expression: MeanExpression): number[] {
  const { window, countPadding } = expression.node
  const [, , height, width] = expression.input.shape as readonly [number, number, number, number]
  const [, , outHeight, outWidth] = expression.shape as readonly [number, number, number, number]
  const inside = (position: number, axis: 0 | 1, length: number) => {
    let count = 0
    for (let tap = 0; tap < window.kernel[axis]; tap++) {
      const at = position * window.strides[axis] - window.pads[axis] + tap * window.dilations[axis]
      if (at >= 0 && at < length) count++
    }
    return countPadding ? window.kernel[axis] : count
  }
  const result: number[] = []
  for (let y = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++) result.push(inside(y, 0, height) * inside(x, 1, width))
  }
  return result
}

/** Least common multiple of a mean's divisors: the factor between its unit and its input's. */
export function commonDivisor(expression: MeanExpression): number {
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))
  return divisors(expression).reduce((lcm, divisor) => (lcm / gcd(lcm, divisor)) * divisor, 1)
}
