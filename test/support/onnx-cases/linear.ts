/** Generators of products, convolutions and pools. */
import { float } from '../onnx-builder.js'
import type { Generator } from './generator.js'
import type { OnnxCase } from './onnx-case.js'

/** Kernel, strides, pads and dilations of one to three spatial axes, and a plane that they fit. */
interface DrawnWindow {
  readonly plane: number[]
  readonly kernel: number[]
  readonly attributes: Record<string, number | string | number[] | undefined>
}

function drawWindow(
  draw: OnnxCase,
  { dilations: dilated = true, ceil = false, most = 2, dimensions = draw.between(1, most) } = {},
): DrawnWindow {
  const each = (make: (axis: number) => number): number[] =>
    Array.from({ length: dimensions }, (_, axis) => make(axis))
  const kernel = each(() => draw.between(1, 3))
  const dilations = dilated && draw.chance(0.3) ? each(() => draw.between(1, 2)) : undefined
  const extent = kernel.map((taps, axis) => (taps - 1) * (dilations?.[axis] ?? 1) + 1)
  const plane = extent.map((length) => length + draw.below(5))
  const strides = draw.maybe(each(() => draw.between(1, 3)))
  const padding = draw.pick(['none', 'none', 'pads', 'pads', 'SAME_UPPER', 'SAME_LOWER', 'VALID', 'NOTSET'])
  const pads = kernel.concat(kernel).map((taps) => draw.below(taps))
  return {
    plane,
    kernel,
    attributes: {
      strides,
      dilations,
      pads: padding === 'pads' || padding === 'NOTSET' ? pads : undefined,
      auto_pad: padding === 'none' || padding === 'pads' ? undefined : padding,
      // Automatic padding fixes the size already.
      ceil_mode: ceil && (padding === 'none' || padding === 'pads') ? draw.maybe(1) : undefined,
    },
  }
}

type Attributes = Record<string, number | undefined>

function pool(op: string, own: (draw: OnnxCase) => Attributes): Generator {
  return {
    operator: op,
    since: 7,
    make(draw) {
      const ceil = draw.opset >= (op === 'LpPool' ? 18 : 10)
      const dilations = op === 'MaxPool' ? draw.opset >= 10 : op === 'AveragePool' && draw.opset >= 19
      const { plane, kernel, attributes } = drawWindow(draw, { ceil, dilations, most: 3 })
      const value = draw.value([1, draw.between(1, 3), ...plane])
      return draw.node(op, [value], { kernel_shape: kernel, ...attributes, ...own(draw) })
    },
  }
}

function globalPool(op: string, own: (draw: OnnxCase) => Attributes = () => ({})): Generator {
  return {
    operator: op,
    since: 7,
    make: (draw) => draw.node(op, [draw.value(draw.shape(draw.between(3, 5)))], own(draw)),
  }
}

export const linearGenerators: readonly Generator[] = [
  {
    operator: 'Conv',
    since: 7,
    make(draw) {
      const { plane, kernel, attributes } = drawWindow(draw, { most: 3 })
      const groups = draw.between(1, 3)
      const [channels, outputs] = [draw.between(1, 2), groups * draw.between(1, 2)]
      return draw.node(
        'Conv',
        [
          draw.value([1, groups * channels, ...plane]),
          draw.weights([outputs, channels, ...kernel]),
          draw.maybe(draw.weights([outputs])),
        ],
        { group: groups === 1 ? undefined : groups, kernel_shape: draw.maybe(kernel), ...attributes },
      )
    },
  },
  {
    operator: 'ConvTranspose',
    since: 7,
    make(draw) {
      const { plane, kernel, attributes } = drawWindow(draw, { most: 2 })
      const groups = draw.between(1, 2)
      const [channels, outputs] = [groups * draw.between(1, 2), draw.between(1, 2)]
      const strides = attributes.strides as number[] | undefined
      // Extra rows are fewer than the stride.
      const output_padding =
        strides !== undefined && attributes.auto_pad === undefined
          ? draw.maybe(strides.map((stride) => draw.below(stride)))
          : undefined
      return draw.node(
        'ConvTranspose',
        [
          draw.value([1, channels, ...plane]),
          draw.weights([channels, outputs, ...kernel]),
          draw.maybe(draw.weights([outputs * groups])),
        ],
        {
          group: groups === 1 ? undefined : groups,
          kernel_shape: draw.maybe(kernel),
          output_padding,
          ...attributes,
        },
      )
    },
  },
  pool('MaxPool', () => ({})),
  pool('AveragePool', (draw) => ({ count_include_pad: draw.maybe(draw.below(2)) })),
  pool('LpPool', (draw) => ({ p: draw.maybe(1) })),
  globalPool('GlobalAveragePool'),
  globalPool('GlobalMaxPool'),
  globalPool('GlobalLpPool', (draw) => ({ p: draw.maybe(1) })),
  {
    operator: 'Gemm',
    since: 7,
    make(draw) {
      const [rows, depth, outputs] = [draw.between(1, 3), draw.between(1, 6), draw.between(1, 5)]
      const [transA, transB] = [draw.maybe(draw.below(2)), draw.maybe(draw.below(2))]
      const bias = draw.pick([[outputs], [1], [rows, outputs], [1, outputs], [rows, 1]])
      const isOptional = draw.opset >= 11
      return draw.node(
        'Gemm',
        [
          draw.value(transA === 1 ? [depth, rows] : [rows, depth]),
          draw.weights(transB === 1 ? [outputs, depth] : [depth, outputs]),
          isOptional ? draw.maybe(draw.weights(bias)) : draw.weights(bias),
        ],
        {
          transA,
          transB,
          alpha: draw.maybe(float(draw.number())),
          beta: draw.maybe(float(draw.number())),
        },
      )
    },
  },
  {
    operator: 'MatMul',
    since: 7,
    make(draw) {
      const [rows, depth, columns] = [draw.between(1, 4), draw.between(1, 5), draw.between(1, 4)]
      const batch = draw.shape(draw.below(3), 3)
      const [left, right] = draw.pick([
        [
          [...batch, rows, depth],
          [depth, columns],
        ],
        [
          [...batch, rows, depth],
          [...batch, depth, columns],
        ],
        [[...batch, rows, depth], [depth]],
        [
          [rows, depth],
          [...batch, depth, columns],
        ],
        [[depth], [depth, columns]],
      ] as const)
      const kind = draw.pick(['constant right', 'constant right', 'computed', 'constant left'])
      return draw.node('MatMul', [
        kind === 'constant left' ? draw.weights(left) : draw.value(left),
        kind === 'constant right' ? draw.weights(right) : draw.value(right),
      ])
    },
  },
]
