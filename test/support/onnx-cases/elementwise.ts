/** Generators of elementwise operators: functions of one number, and arithmetic with broadcasting. */
import { type AttributeValue, float } from '../onnx-builder.js'
import type { Generator } from './generator.js'
import type { OnnxCase, Spread } from './onnx-case.js'

type Attributes = (draw: OnnxCase) => Readonly<Record<string, AttributeValue | undefined>>

function unary(op: string, since = 7, spread: Spread = {}, attributes: Attributes = () => ({})): Generator {
  return {
    operator: op,
    since,
    make: (draw) => draw.node(op, [draw.value(draw.shape(), spread)], attributes(draw)),
  }
}

/** A float attribute that may be left out. */
function optional(draw: OnnxCase, low: number, high: number): AttributeValue | undefined {
  return draw.maybe(float(draw.number({ low, high })))
}

/** Two shapes that fit each other: axes of length 1 and missing leading axes here and there. */
function fitting(draw: OnnxCase): [number[], number[]] {
  const shape = draw.shape(draw.between(1, 4))
  const shrink = (): number[] => {
    const shorter = shape.slice(draw.chance(0.3) ? draw.below(shape.length) : 0)
    return shorter.map((length) => (draw.chance(0.3) ? 1 : length))
  }
  return draw.chance(0.5) ? [shape, shrink()] : [shrink(), shape]
}

/** Two computed values, or one and a constant, in either order. */
function binary(op: string, options: { left?: Spread; right?: Spread; computed?: number } = {}): Generator {
  const { left = {}, right = {}, computed = 0.4 } = options
  return {
    operator: op,
    since: 7,
    make(draw) {
      const [a, b] = fitting(draw)
      const kind = draw.chance(computed) ? 0 : draw.pick(computed > 0 ? [1, 2] : [1])
      const first = kind === 2 ? draw.weights(a, left) : draw.value(a, left)
      const second = kind === 1 ? draw.weights(b, right) : draw.value(b, right)
      return draw.node(op, [first, second])
    },
  }
}

/** Min, Max, Sum, Mean: any number of operands, at least one of them computed. */
function variadic(op: string): Generator {
  return {
    operator: op,
    since: 8,
    make(draw) {
      const [a, b] = fitting(draw)
      const others = Array.from({ length: draw.below(2) }, () => draw.weights([1]))
      const second = draw.chance(0.4) ? draw.value(b) : draw.weights(b)
      return draw.node(op, draw.chance(0.1) ? [draw.value(a)] : [draw.value(a), second, ...others])
    },
  }
}

export const elementwiseGenerators: readonly Generator[] = [
  unary('Abs'),
  unary('Ceil'),
  unary('Floor'),
  unary('Round', 11),
  unary('Sign', 9),
  unary('Erf', 9),
  unary('Exp', 7, { low: -4, high: 3 }),
  unary('Log', 7, { low: 0.05, high: 8 }),
  unary('Neg'),
  unary('Reciprocal', 7, { low: 0.2, high: 5 }),
  unary('Relu'),
  unary('Sigmoid', 7, { low: -9, high: 9 }),
  unary('Sqrt', 7, { low: 0, high: 9 }),
  unary('Tanh', 7, { low: -4, high: 4 }),
  unary('Sin', 7, { low: -4, high: 4 }),
  unary('Cos', 7, { low: -4, high: 4 }),
  unary('Tan', 7, { low: -1, high: 1 }),
  unary('Asin', 7, { low: -0.9, high: 0.9 }),
  unary('Acos', 7, { low: -0.9, high: 0.9 }),
  unary('Atan'),
  unary('Sinh', 9),
  unary('Cosh', 9),
  unary('Asinh', 9),
  unary('Acosh', 9, { low: 1.1, high: 6 }),
  unary('Atanh', 9, { low: -0.9, high: 0.9 }),
  unary('Softplus', 7, { low: -8, high: 8 }),
  unary('Softsign', 7, { low: -8, high: 8 }),
  unary('HardSwish', 14, { low: -5, high: 5 }),
  unary('Mish', 18, { low: -5, high: 5 }),
  unary('Elu', 7, {}, (draw) => ({ alpha: optional(draw, 0.1, 2) })),
  unary('Selu', 7, {}, (draw) => ({ alpha: optional(draw, 0.1, 2), gamma: optional(draw, 0.5, 2) })),
  unary('Celu', 12, {}, (draw) => ({ alpha: optional(draw, 0.2, 2) })),
  unary('LeakyRelu', 7, {}, (draw) => ({ alpha: optional(draw, -0.5, 1.5) })),
  unary('ThresholdedRelu', 10, {}, (draw) => ({ alpha: optional(draw, -1, 1) })),
  unary('HardSigmoid', 7, { low: -5, high: 5 }, (draw) => ({
    alpha: optional(draw, 0.1, 0.5),
    beta: optional(draw, 0.2, 0.8),
  })),
  unary('Gelu', 20, { low: -4, high: 4 }, (draw) => ({
    approximate: draw.maybe(draw.pick(['none', 'tanh'])),
  })),
  unary('Shrink', 9, {}, (draw) => ({ lambd: optional(draw, 0.2, 1), bias: optional(draw, 0, 0.5) })),
  binary('Add'),
  binary('Sub'),
  binary('Mul'),
  binary('Div', { left: {}, right: { low: 0.3, high: 3 }, computed: 0 }),
  variadic('Min'),
  variadic('Max'),
  variadic('Sum'),
  variadic('Mean'),
  {
    operator: 'Pow',
    since: 7,
    make(draw) {
      const exponent = draw.pick([0, 1, 2, 2, 3, 4, 0.5, -1, -0.5, 1.5])
      const low = Number.isInteger(exponent) && exponent >= 0 ? -2 : 0.2
      const base = draw.value(draw.shape(), { low, high: 2 })
      return draw.node('Pow', [base, draw.constant(draw.pick([[], [1]]), [exponent])])
    },
  },
  {
    operator: 'PRelu',
    since: 7,
    make(draw) {
      const shape = draw.shape(draw.between(2, 4))
      const channels = [shape[1]!, ...shape.slice(2).map(() => 1)]
      const slope = draw.pick([[1], channels, shape.slice(1), shape.slice(-1)])
      return draw.node('PRelu', [draw.value(shape), draw.weights(slope, { low: -0.5, high: 1.5 })])
    },
  },
  {
    operator: 'Clip',
    since: 7,
    make(draw) {
      const [low, high] = [
        draw.maybe(draw.number({ low: -1.5, high: 0 })),
        draw.maybe(draw.number({ low: 0.1, high: 1.5 })),
      ]
      const value = draw.value(draw.shape())
      if (draw.opset < 11) {
        const end = (bound: number | undefined) => (bound === undefined ? undefined : float(bound))
        return draw.node('Clip', [value], { min: end(low), max: end(high) })
      }
      const end = (bound: number | undefined) =>
        bound === undefined ? undefined : draw.constant([], [bound])
      return draw.node('Clip', [value, end(low), end(high)])
    },
  },
]
