/** Generators of quantised operators. Scales are powers of two: no result lies at a tie by accident of rounding. */
import type { OnnxType } from '../onnx-builder.js'
import type { Generator } from './generator.js'
import type { OnnxCase } from './onnx-case.js'

interface Quantised {
  readonly name: string
  readonly scale: string
  readonly zero: string
  readonly type: OnnxType
}

const microsoft = { name: 'com.microsoft', version: 1 } as const

const range = { uint8: [0, 255], int8: [-128, 127] } as const
type Narrow = keyof typeof range

/** Scale and zero point of a tensor, or of each of `channels`. */
function parameters(draw: OnnxCase, type: Narrow, channels?: number) {
  const shape = channels === undefined ? [] : [channels]
  const count = channels ?? 1
  const zero = type === 'uint8' ? () => draw.between(100, 150) : () => draw.between(-20, 20)
  return {
    scale: draw.constant(
      shape,
      Array.from({ length: count }, () => 2 ** -draw.between(4, 6)),
    ),
    zero: draw.constant(shape, Array.from({ length: count }, channels === undefined ? zero : () => 0), type),
  }
}

/** A computed value as integers. */
function quantise(draw: OnnxCase, shape: readonly number[], type: Narrow): Quantised {
  const { scale, zero } = parameters(draw, type)
  return { name: draw.node('QuantizeLinear', [draw.value(shape), scale, zero]), scale, zero, type }
}

/** Integer weights; per channel of axis 0 where `channels` is given. */
function weights(draw: OnnxCase, shape: readonly number[], type: Narrow, channels?: number): Quantised {
  const { scale, zero } = parameters(draw, type, channels)
  const count = shape.reduce((product, length) => product * length, 1)
  const [low, high] = range[type]
  const numbers = Array.from({ length: count }, () => draw.between(low, high))
  return { name: draw.constant(shape, numbers, type), scale, zero, type }
}

function real(draw: OnnxCase, name: string, { scale, zero }: Omit<Quantised, 'name'>): string {
  return draw.node('DequantizeLinear', [name, scale, zero])
}

function convolution(draw: OnnxCase) {
  const [channels, outputs, kernel] = [draw.between(1, 2), draw.between(1, 3), draw.between(1, 3)]
  const plane = [kernel + draw.below(3), kernel + draw.below(3)]
  const pads = draw.maybe([0, 1, 1, 0])
  const strides = draw.maybe([draw.between(1, 2), 1])
  return {
    shape: [1, channels, ...plane],
    weightShape: [outputs, channels, kernel, kernel],
    outputs,
    attributes: { pads: kernel > 1 ? pads : undefined, strides },
  }
}

/** An integer sum as a real number. */
function scaled(draw: OnnxCase, name: string): string {
  return draw.node('Mul', [draw.node('Cast', [name], { to: 1 }), draw.constant([], [2 ** -8])])
}

export const quantisedGenerators: readonly Generator[] = [
  {
    operator: 'QuantizeLinear',
    since: 10,
    make(draw) {
      const value = quantise(draw, draw.shape(), draw.pick(['uint8', 'int8'] as const))
      return real(draw, value.name, value)
    },
  },
  {
    operator: 'DequantizeLinear',
    since: 10,
    make(draw) {
      const [depth, outputs] = [draw.between(1, 5), draw.between(1, 4)]
      const perChannel = draw.opset >= 13 && draw.chance(0.5)
      const weight = weights(draw, [outputs, depth], 'int8', perChannel ? outputs : undefined)
      const inputs = [weight.name, weight.scale, draw.maybe(weight.zero)]
      const factor = draw.node('DequantizeLinear', inputs, perChannel ? { axis: 0 } : {})
      const turned = draw.node('Transpose', [factor])
      return draw.node('MatMul', [draw.value([1, depth]), turned])
    },
  },
  {
    operator: 'QLinearConv',
    since: 10,
    make(draw) {
      const { shape, weightShape, outputs, attributes } = convolution(draw)
      const type = draw.pick(['uint8', 'int8'] as const)
      const x = quantise(draw, shape, type)
      const w = weights(draw, weightShape, type === 'uint8' ? draw.pick(['uint8', 'int8'] as const) : 'int8')
      const y = { scale: draw.constant([], [2 ** -2]), zero: parameters(draw, type).zero, type }
      const bias = Array.from({ length: outputs }, () => draw.between(-500, 500))
      const name = draw.node(
        'QLinearConv',
        [x.name, x.scale, x.zero, w.name, w.scale, w.zero, y.scale, y.zero].concat(
          draw.maybe(draw.constant([outputs], bias, 'int32')) ?? [],
        ),
        attributes,
      )
      return real(draw, name, y)
    },
  },
  {
    operator: 'QLinearMatMul',
    since: 10,
    make(draw) {
      const type = draw.pick(['uint8', 'int8'] as const)
      const [rows, depth, columns] = [draw.between(1, 2), draw.between(1, 5), draw.between(1, 4)]
      const a = quantise(draw, [rows, depth], type)
      const b = weights(draw, [depth, columns], type)
      const y = { scale: draw.constant([], [2 ** -2]), zero: parameters(draw, type).zero, type }
      const inputs = [a.name, a.scale, a.zero, b.name, b.scale, b.zero, y.scale, y.zero]
      return real(draw, draw.node('QLinearMatMul', inputs), y)
    },
  },
  {
    operator: 'ConvInteger',
    since: 10,
    make(draw) {
      const { shape, weightShape, attributes } = convolution(draw)
      const x = quantise(draw, shape, 'uint8')
      const w = weights(draw, weightShape, draw.pick(['uint8', 'int8'] as const))
      const inputs = [x.name, w.name, draw.maybe(x.zero)]
      return scaled(draw, draw.node('ConvInteger', inputs, attributes))
    },
  },
  {
    operator: 'MatMulInteger',
    since: 10,
    make(draw) {
      const [rows, depth, columns] = [draw.between(1, 2), draw.between(1, 5), draw.between(1, 4)]
      const a = quantise(draw, [rows, depth], 'uint8')
      const b = weights(draw, [depth, columns], draw.pick(['uint8', 'int8'] as const))
      const zeros = draw.pick([[], [a.zero], [a.zero, b.zero]])
      return scaled(draw, draw.node('MatMulInteger', [a.name, b.name, ...zeros]))
    },
  },
  {
    operator: 'QLinearAdd',
    since: 10,
    make(draw) {
      const type = draw.pick(['uint8', 'int8'] as const)
      const shape = draw.shape(2)
      const [a, b] = [quantise(draw, shape, type), quantise(draw, shape, type)]
      // Fine enough that sums need no rounding: runtimes differ in how they round ties.
      const y = { scale: draw.constant([], [2 ** -6]), zero: parameters(draw, type).zero, type }
      const inputs = [a.name, a.scale, a.zero, b.name, b.scale, b.zero, y.scale, y.zero]
      return real(draw, draw.node('QLinearAdd', inputs, {}, microsoft), y)
    },
  },
  {
    operator: 'QLinearGlobalAveragePool',
    since: 10,
    make(draw) {
      const x = quantise(draw, [1, draw.between(1, 3), 2, draw.pick([2, 4])], 'uint8')
      const y = { scale: draw.constant([], [2 ** -2]), zero: parameters(draw, 'uint8').zero, type: x.type }
      const inputs = [x.name, x.scale, x.zero, y.scale, y.zero]
      return real(draw, draw.node('QLinearGlobalAveragePool', inputs, {}, microsoft), y)
    },
  },
]
