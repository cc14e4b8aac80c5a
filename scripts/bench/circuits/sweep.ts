import type { WeightMode } from '#circuits/analyse/weight-plan.js'
import { OnnxWriter } from '#scripts/bench/circuits/onnx-writer.js'

/** One circuit of the sweep. */
export interface SweepPoint {
  readonly operator: string
  /** Shape of the input. */
  readonly shape: readonly number[]
  /** Width of activations in bits. */
  readonly bits: number
  readonly weights: WeightMode
}

/** An operator and the shapes that it is measured on; the first ones serve a quick run. */
interface Subject {
  readonly operator: string
  readonly shapes: readonly (readonly number[])[]
  /** Adds the operator to a model whose input is `x`: the name of its output. */
  readonly add: (net: OnnxWriter, shape: readonly number[]) => string
}

const rows = [
  [1, 16],
  [1, 64],
] as const
const images = [
  [1, 2, 6, 6],
  [1, 4, 12, 12],
] as const

/** An elementwise operator behind a layer with weights, as networks have it. */
function behindLinear(operator: string, apply: (net: OnnxWriter, value: string) => string): Subject {
  return {
    operator,
    shapes: rows,
    add: (net, shape) => apply(net, linear(net, 'x', shape[1]!, shape[1]!)),
  }
}

function elementwise(operator: string): Subject {
  return behindLinear(operator, (net, value) => net.node(operator, [value]))
}

function linear(net: OnnxWriter, value: string, inputs: number, outputs: number): string {
  return net.node('Gemm', [value, net.weights([outputs, inputs], inputs)], { transB: 1 })
}

function conv(net: OnnxWriter, value: string, channels: number, outputs: number, kernel: number, groups = 1) {
  const own = channels / groups
  const weight = net.weights([outputs, own, kernel, kernel], own * kernel * kernel)
  const pad = (kernel - 1) / 2
  return net.node('Conv', [value, weight], { group: groups, pads: [pad, pad, pad, pad] })
}

/** Two by two, without overlap. */
const halves = { kernel_shape: [2, 2], strides: [2, 2] } as const

const subjects: readonly Subject[] = [
  { operator: 'Gemm', shapes: [...rows, [1, 256]], add: (net, [, depth]) => linear(net, 'x', depth!, 16) },
  {
    operator: 'Gemm, Relu, Gemm',
    shapes: [...rows, [1, 256]],
    add: (net, [, depth]) => linear(net, net.node('Relu', [linear(net, 'x', depth!, 32)]), 32, 10),
  },
  {
    operator: 'Conv 3x3, Relu',
    shapes: images,
    add: (net, [, channels]) => net.node('Relu', [conv(net, 'x', channels!, channels!, 3)]),
  },
  {
    operator: 'Conv 5x5, Relu',
    shapes: images,
    add: (net, [, channels]) => net.node('Relu', [conv(net, 'x', channels!, channels!, 5)]),
  },
  {
    operator: 'Conv depthwise, Relu',
    shapes: images,
    add: (net, [, channels]) => net.node('Relu', [conv(net, 'x', channels!, channels!, 3, channels)]),
  },
  {
    operator: 'Conv 3x3, Relu, MaxPool',
    shapes: images,
    add: (net, [, channels]) =>
      net.node('MaxPool', [net.node('Relu', [conv(net, 'x', channels!, channels!, 3)])], halves),
  },
  { operator: 'MaxPool', shapes: images, add: (net) => net.node('MaxPool', ['x'], halves) },
  { operator: 'AveragePool', shapes: images, add: (net) => net.node('AveragePool', ['x'], halves) },
  elementwise('Relu'),
  elementwise('Sigmoid'),
  elementwise('Tanh'),
  elementwise('Elu'),
  elementwise('LeakyRelu'),
  elementwise('HardSwish'),
  elementwise('Abs'),
  elementwise('Erf'),
  behindLinear('Clip to 0 and 6', (net, value) =>
    net.node('Clip', [value, net.floats([], [0]), net.floats([], [6])]),
  ),
  behindLinear('Mul of two values', (net, value) => net.node('Mul', [value, 'x'])),
  behindLinear('Add, Relu', (net, value) => net.node('Relu', [net.node('Add', [value, 'x'])])),
  {
    operator: 'MatMul of two values',
    shapes: [
      [1, 4, 4],
      [1, 8, 8],
    ],
    add: (net) => net.node('MatMul', ['x', net.node('Transpose', ['x'], { perm: [0, 2, 1] })]),
  },
  {
    operator: 'Softmax inside',
    shapes: [
      [1, 4],
      [1, 16],
    ],
    add: (net, [, length]) => linear(net, net.node('Softmax', ['x']), length!, 4),
  },
  {
    operator: 'LayerNormalization',
    shapes: [
      [1, 8],
      [1, 32],
    ],
    add: (net, [, length]) =>
      net.node('LayerNormalization', ['x', net.floats([length!], new Array<number>(length!).fill(1))]),
  },
  {
    operator: 'TopK of 3',
    shapes: rows,
    add: (net) => net.node('TopK', ['x', net.integers(3)], {}, 2),
  },
  {
    operator: 'ArgMax',
    shapes: rows,
    add: (net, [, length]) => net.node('ArgMax', [linear(net, 'x', length!, length!)], { axis: 1 }),
  },
]

export interface SweepOptions {
  /** One shape and two widths of each operator. */
  readonly quick: boolean
  readonly operators?: readonly string[]
  readonly bits?: readonly number[]
  readonly weights?: readonly WeightMode[]
}

/** The names of all operators of the sweep. */
export const sweepOperators: readonly string[] = subjects.map(({ operator }) => operator)

/** Every operator on every shape, width and mode that is asked for. */
export function sweepPoints(options: SweepOptions): SweepPoint[] {
  const widths = options.bits ?? (options.quick ? [4, 8] : [4, 6, 8, 10, 12])
  const modes = options.weights ?? (['fixed', 'committed'] as const)
  return subjects
    .filter(({ operator }) => options.operators?.includes(operator) ?? true)
    .flatMap(({ operator, shapes }) =>
      (options.quick ? shapes.slice(0, 1) : shapes).flatMap((shape) =>
        modes.flatMap((weights) => widths.map((bits) => ({ operator, shape, bits, weights }))),
      ),
    )
}

/** The ONNX file of a point. */
export function sweepModel({ operator, shape }: SweepPoint): Uint8Array {
  const net = new OnnxWriter()
  const subject = subjects.find((each) => each.operator === operator)
  if (subject === undefined) throw new RangeError(`no operator "${operator}" in the sweep`)
  return net.finish(shape, subject.add(net, shape))
}
