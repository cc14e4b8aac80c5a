/** Generators of operators that move elements or ask for shapes. */
import { float } from '../onnx-builder.js'
import type { Generator } from './generator.js'
import type { OnnxCase } from './onnx-case.js'

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1)

/** A random factorisation of a size: another shape with as many elements. */
function otherShape(draw: OnnxCase, size: number): number[] {
  const shape: number[] = []
  let rest = size
  while (rest > 1 && shape.length < 3) {
    const divisors = Array.from({ length: rest }, (_, i) => i + 1).filter((length) => rest % length === 0)
    const length = draw.pick(divisors)
    shape.push(length)
    rest /= length
  }
  return rest > 1 || shape.length === 0 ? [...shape, rest] : shape
}

/** Axes of one element become an attribute before opset 13 and an input from then on. */
function withAxes(draw: OnnxCase, op: string, value: string, axes: readonly number[] | undefined): string {
  if (draw.opset < 13) return draw.node(op, [value], { axes })
  return draw.node(op, [value, axes === undefined ? undefined : draw.integers(...axes)])
}

export const shapeGenerators: readonly Generator[] = [
  {
    operator: 'Cast',
    since: 7,
    make: (draw) => draw.node('Cast', [draw.value(draw.shape())], { to: 1 }),
  },
  {
    operator: 'Concat',
    since: 7,
    make(draw) {
      const shape = draw.shape(draw.between(2, 4))
      const axis = draw.between(1, shape.length - 1)
      const parts = Array.from({ length: draw.between(1, 3) }, (_, part) => {
        const own = shape.with(axis, draw.between(1, 3))
        return part > 0 && draw.chance(0.3) ? draw.weights(own) : draw.value(own)
      })
      return draw.node('Concat', parts, { axis: draw.opset >= 11 ? draw.axisName(axis, shape.length) : axis })
    },
  },
  {
    operator: 'Constant',
    since: 7,
    make(draw) {
      const { tensor } = { tensor: { dims: [2], dataType: 1, floatData: draw.numbers(2) } }
      const constant = draw.node('Constant', [], { value: { tensor } })
      return draw.node('Add', [draw.value([1, 2]), constant])
    },
  },
  {
    operator: 'ConstantOfShape',
    since: 9,
    make(draw) {
      const shape = draw.shape()
      const value = { tensor: { dims: [1], dataType: 1, floatData: [draw.number()] } }
      const constant = draw.node('ConstantOfShape', [draw.integers(...shape)], { value: draw.maybe(value) })
      return draw.node('Add', [draw.value(shape), constant])
    },
  },
  {
    operator: 'DepthToSpace',
    since: 7,
    make(draw) {
      const block = draw.between(1, 3)
      const shape = [1, block * block * draw.between(1, 2), draw.between(1, 3), draw.between(1, 3)]
      const mode = draw.opset >= 11 ? draw.maybe(draw.pick(['DCR', 'CRD'])) : undefined
      return draw.node('DepthToSpace', [draw.value(shape)], { blocksize: block, mode })
    },
  },
  {
    operator: 'SpaceToDepth',
    since: 7,
    make(draw) {
      const block = draw.between(1, 3)
      const shape = [1, draw.between(1, 3), block * draw.between(1, 2), block * draw.between(1, 2)]
      return draw.node('SpaceToDepth', [draw.value(shape)], { blocksize: block })
    },
  },
  { operator: 'Dropout', since: 7, make: (draw) => draw.node('Dropout', [draw.value(draw.shape())]) },
  {
    operator: 'Expand',
    since: 8,
    make(draw) {
      const shape = draw.shape(draw.between(1, 4), 4)
      const from = shape.slice(draw.below(shape.length)).map((length) => (draw.chance(0.5) ? 1 : length))
      const asked = shape.map((length) => (draw.chance(0.2) && length === 1 ? 1 : length))
      return draw.node('Expand', [draw.value(from), draw.integers(...asked)])
    },
  },
  {
    operator: 'Flatten',
    since: 7,
    make(draw) {
      const shape = draw.shape(draw.between(2, 4))
      const axis = draw.maybe(
        draw.opset >= 11 ? draw.between(-shape.length, shape.length) : draw.between(0, shape.length),
      )
      return draw.node('Flatten', [draw.value(shape)], { axis })
    },
  },
  {
    operator: 'Gather',
    since: 7,
    make(draw) {
      const shape = draw.shape(draw.between(1, 4))
      const axis = draw.below(shape.length)
      const length = shape[axis]!
      const indexShape = draw.pick([[], [1], [2], [2, 2]])
      const low = draw.opset >= 11 ? -length : 0
      const indices = Array.from({ length: sizeOf(indexShape) }, () => draw.between(low, length - 1))
      const constant = draw.constant(indexShape, indices, draw.pick(['int64', 'int32'] as const))
      return draw.node('Gather', [draw.value(shape), constant], { axis: draw.axisName(axis, shape.length) })
    },
  },
  {
    operator: 'GatherElements',
    since: 11,
    make(draw) {
      const shape = draw.shape(draw.between(2, 3))
      const axis = draw.below(shape.length)
      const taken = shape.with(axis, draw.between(1, 3))
      const indices = Array.from({ length: sizeOf(taken) }, () => draw.below(shape[axis]!))
      return draw.node('GatherElements', [draw.value(shape), draw.constant(taken, indices, 'int64')], {
        axis,
      })
    },
  },
  { operator: 'Identity', since: 7, make: (draw) => draw.node('Identity', [draw.value(draw.shape())]) },
  {
    operator: 'Pad',
    since: 7,
    make(draw) {
      const shape = draw
        .shape(draw.between(2, 4), 4)
        .map((length) => length + 1)
        .with(0, 1)
      const mode = draw.maybe(draw.pick(['constant', 'reflect', 'edge']))
      const side = (axis: number) => (axis === 0 || draw.chance(0.4) ? 0 : draw.below(shape[axis]!))
      const pads = [...shape, ...shape].map((_, at) => side(at % shape.length))
      const cropped = (mode ?? 'constant') === 'constant' && draw.chance(0.2) ? pads.with(1, -1) : pads
      const value = draw.value(shape)
      if (draw.opset < 11) {
        return draw.node('Pad', [value], { mode, pads: cropped, value: draw.maybe(float(draw.number())) })
      }
      const filling = draw.maybe(draw.constant([], [draw.number()]))
      if (draw.opset >= 18 && draw.chance(0.3)) {
        const own = [cropped[1]!, cropped[1 + shape.length]!]
        return draw.node('Pad', [value, draw.integers(...own), filling, draw.integers(1)], { mode })
      }
      return draw.node('Pad', [value, draw.integers(...cropped), filling], { mode })
    },
  },
  {
    operator: 'Range',
    since: 11,
    make(draw) {
      const scalar = (value: number) => draw.constant([], [value])
      const range = draw.node('Range', [scalar(0), scalar(3), scalar(1)])
      return draw.node('Add', [draw.value([1, 3]), range])
    },
  },
  {
    operator: 'Reshape',
    since: 7,
    make(draw) {
      const shape = draw.shape()
      const target = otherShape(draw, sizeOf(shape))
      const asked = draw.chance(0.5) ? target.with(draw.below(target.length), -1) : target
      const kept = target[0] === shape[0] && asked[0] !== -1 && draw.chance(0.5) ? asked.with(0, 0) : asked
      return draw.node('Reshape', [draw.value(shape), draw.integers(...kept)])
    },
  },
  {
    operator: 'Shape',
    since: 7,
    make(draw) {
      const value = draw.value(draw.shape(draw.between(2, 4)))
      const shape = draw.node('Shape', [value])
      if (draw.opset >= 15 && draw.chance(0.4)) {
        const first = draw.node('Shape', [value], { start: 0, end: 1 })
        return draw.node('Reshape', [value, draw.node('Concat', [first, draw.integers(-1)], { axis: 0 })])
      }
      const first = draw.node('Gather', [shape, draw.integers(0)], { axis: 0 })
      return draw.node('Reshape', [value, draw.node('Concat', [first, draw.integers(-1)], { axis: 0 })])
    },
  },
  {
    operator: 'Size',
    since: 7,
    make(draw) {
      const value = draw.value(draw.shape())
      return draw.node('Mul', [value, draw.node('Cast', [draw.node('Size', [value])], { to: 1 })])
    },
  },
  {
    operator: 'Slice',
    since: 7,
    make(draw) {
      const shape = draw.shape(draw.between(1, 4), 6)
      const axes = draw.permutation(shape.length).slice(0, draw.between(1, shape.length))
      const ranges = axes.map((axis) => {
        const length = shape[axis]!
        const start = draw.below(length)
        const end = draw.between(start + 1, length)
        const step = draw.opset >= 10 ? draw.pick([1, 1, 2, 3]) : 1
        if (draw.opset >= 10 && draw.chance(0.3)) {
          return [end - 1, start === 0 ? -length - draw.between(1, 1000) : start - 1, -step] as const
        }
        const open = end === length && draw.chance(0.5)
        const from = draw.chance(0.3) ? start - length : start
        return [from, open ? draw.pick([2 ** 31 - 1, length + 3]) : end, step] as const
      })
      const value = draw.value(shape)
      const [starts, ends, steps] = [0, 1, 2].map((part) => ranges.map((range) => range[part]!))
      if (draw.opset < 10) return draw.node('Slice', [value], { starts, ends, axes })
      const hasSteps = steps!.some((step) => step !== 1) || draw.chance(0.3)
      return draw.node('Slice', [
        value,
        draw.integers(...starts!),
        draw.integers(...ends!),
        draw.integers(...axes),
        hasSteps ? draw.integers(...steps!) : undefined,
      ])
    },
  },
  {
    operator: 'Split',
    since: 7,
    make(draw) {
      const shape = draw.shape(draw.between(2, 4))
      const axis = draw.between(1, shape.length - 1)
      const parts = draw.between(2, 3)
      const lengths = Array.from({ length: parts }, () => draw.between(1, 3))
      const isEven = draw.chance(0.5)
      const all = isEven ? lengths.map(() => lengths[0]!) : lengths
      const total = all.reduce((sum, length) => sum + length, 0)
      const value = draw.value(shape.with(axis, total))
      const named = { axis: draw.opset >= 11 ? draw.axisName(axis, shape.length) : axis }
      if (draw.opset < 13) {
        const outputs = draw.nodes('Split', parts, [value], { ...named, split: isEven ? undefined : all })
        return draw.node('Concat', outputs.toReversed(), { axis })
      }
      const count = draw.opset >= 18 && isEven ? parts : undefined
      const sizes = isEven ? undefined : draw.integers(...all)
      const outputs = draw.nodes('Split', parts, [value, sizes], { ...named, num_outputs: count })
      return draw.node('Concat', outputs.toReversed(), { axis })
    },
  },
  {
    operator: 'Squeeze',
    since: 7,
    make(draw) {
      const shape = draw.shape(draw.between(2, 5), 2)
      const single = shape.flatMap((length, axis) => (length === 1 ? [axis] : []))
      const chosen = single.filter(() => draw.chance(0.6))
      const axes =
        chosen.length === 0
          ? undefined
          : chosen.map((axis) => (draw.opset >= 11 ? draw.axisName(axis, shape.length) : axis))
      return withAxes(draw, 'Squeeze', draw.value(shape), axes)
    },
  },
  {
    operator: 'Tile',
    since: 7,
    make(draw) {
      const shape = draw.shape(draw.between(1, 4), 3)
      return draw.node('Tile', [draw.value(shape), draw.integers(...shape.map(() => draw.between(1, 3)))])
    },
  },
  {
    operator: 'Transpose',
    since: 7,
    make(draw) {
      const shape = draw.shape(draw.between(1, 4))
      return draw.node('Transpose', [draw.value(shape)], { perm: draw.maybe(draw.permutation(shape.length)) })
    },
  },
  {
    operator: 'Unsqueeze',
    since: 7,
    make(draw) {
      const shape = draw.shape(draw.between(1, 3))
      const rank = shape.length + draw.between(1, 2)
      const axes = draw.permutation(rank).slice(0, rank - shape.length)
      const named = axes.map((axis) => (draw.opset >= 11 ? draw.axisName(axis, rank) : axis))
      return withAxes(draw, 'Unsqueeze', draw.value(shape), named)
    },
  },
  {
    operator: 'Where',
    since: 9,
    make(draw) {
      const shape = draw.shape(draw.between(1, 4))
      const mask = shape.slice(draw.below(shape.length))
      const bits = Array.from({ length: sizeOf(mask) }, () => draw.below(2))
      const other = draw.pick([[1], shape, shape.slice(-1)])
      return draw.node('Where', [
        draw.constant(mask, bits, 'bool'),
        ...draw.pick([
          () => [draw.value(shape), draw.weights(other)],
          () => [draw.weights(other), draw.value(shape)],
          () => [draw.value(shape), draw.value(other)],
        ])(),
      ])
    },
  },
]
