/** Generators of comparisons and logic between constants, whose result is the mask of a Where, and kin. */
import type { Generator } from './generator.js'
import type { OnnxCase } from './onnx-case.js'

/** x where the mask holds, a constant elsewhere. */
function masked(draw: OnnxCase, shape: readonly number[], mask: string): string {
  return draw.node('Where', [mask, draw.value(shape), draw.weights([1])])
}

const size = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1)
const bits = (draw: OnnxCase, count: number): number[] => Array.from({ length: count }, () => draw.below(2))

function logic(operator: string, operands: number): Generator {
  return {
    operator,
    since: 9,
    make(draw) {
      const shape = draw.shape()
      const constant = (of: readonly number[]) => draw.constant(of, bits(draw, size(of)), 'bool')
      const others = Array.from({ length: operands - 1 }, () => constant(draw.pick([shape, [1]])))
      return masked(draw, shape, draw.node(operator, [constant(shape), ...others]))
    },
  }
}

function comparison(operator: string, since: number): Generator {
  return {
    operator,
    since,
    make(draw) {
      const shape = draw.shape()
      const grid = { low: -1, high: 1, grid: true }
      const type = draw.pick(draw.opset >= 11 ? (['float', 'int64'] as const) : (['int64'] as const))
      const left = draw.constant(shape, draw.numbers(size(shape), grid), type)
      const right = draw.constant([1], draw.numbers(1, grid), type)
      return masked(draw, shape, draw.node(operator, [left, right]))
    },
  }
}

export const logicGenerators: readonly Generator[] = [
  logic('And', 2),
  logic('Or', 2),
  logic('Xor', 2),
  logic('Not', 1),
  comparison('Equal', 9),
  comparison('Greater', 9),
  comparison('Less', 9),
  comparison('GreaterOrEqual', 12),
  comparison('LessOrEqual', 12),
  {
    operator: 'CastLike',
    since: 15,
    make: (draw) => draw.node('CastLike', [draw.value(draw.shape()), draw.weights([1])]),
  },
  {
    operator: 'Mod',
    since: 10,
    make(draw) {
      const [value, divisor] = [draw.between(-9, 9), draw.pick([-4, -3, 2, 5])]
      const fmod = draw.maybe(draw.below(2))
      const rest = draw.node('Mod', [draw.integers(value), draw.integers(divisor)], { fmod })
      return draw.node('Add', [draw.value(draw.shape()), draw.node('Cast', [rest], { to: 1 })])
    },
  },
  {
    operator: 'GatherND',
    since: 11,
    make(draw) {
      const shape = draw.shape(draw.between(2, 4))
      const depth = draw.between(1, shape.length)
      const count = draw.between(1, 3)
      const indices = Array.from({ length: count }, () =>
        shape.slice(0, depth).map((length) => draw.between(-length, length - 1)),
      )
      return draw.node('GatherND', [
        draw.value(shape),
        draw.constant([count, depth], indices.flat(), 'int64'),
      ])
    },
  },
]
