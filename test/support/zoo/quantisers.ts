/** Networks as onnxruntime's static quantiser writes them: QDQ pairs, or quantised operators. */
import { Exporter, type ZooModel } from './exporter.js'

const scalar = (net: Exporter, value: number): string => net.constant([], [value])

// Weights keep eight bits of their own, so that a value beside a tie may land one step of the model's scale away: a
// step of these outputs is 3 to 5 % of their range.

/** QuantizeLinear and DequantizeLinear after each other. */
function pair(net: Exporter, value: string, scale: number, zero: number): string {
  const parameters = [scalar(net, scale), net.constant([], [zero], 'uint8')]
  return net.node('DequantizeLinear', [net.node('QuantizeLinear', [value, ...parameters]), ...parameters])
}

/** Integer weights with a scale for each output, and their product with the input's scale for the bias. */
function parameters(
  net: Exporter,
  shape: readonly number[],
  inputScale: number,
): [weight: string, bias: string] {
  const size = shape.reduce((product, length) => product * length, 1)
  const outputs = shape[0]!
  const scales = net.list(outputs, 0.003, 0.006)
  const weight = [
    net.constant(shape, net.integerList(size, -127, 127), 'int8'),
    net.constant([outputs], scales),
    net.constant(
      [outputs],
      scales.map(() => 0),
      'int8',
    ),
  ]
  const bias = [
    net.constant([outputs], net.integerList(outputs, -200, 200), 'int32'),
    net.constant(
      [outputs],
      scales.map((scale) => scale * inputScale),
    ),
    net.constant(
      [outputs],
      scales.map(() => 0),
      'int32',
    ),
  ]
  return [net.node('DequantizeLinear', weight, { axis: 0 }), net.node('DequantizeLinear', bias, { axis: 0 })]
}

export function qdqCnn(): ZooModel {
  const net = new Exporter(13, 40)
  const input = pair(net, net.input('x', ['N', 1, 6, 6]), 1 / 255, 0)
  const conv = net.node('Conv', [input, ...parameters(net, [3, 1, 3, 3], 1 / 255)], { kernel_shape: [3, 3] })
  const hidden = pair(net, net.node('Relu', [conv]), 0.012, 0)
  const pooled = pair(net, net.node('MaxPool', [hidden], { kernel_shape: [2, 2], strides: [2, 2] }), 0.012, 0)
  const flat = pair(net, net.node('Reshape', [pooled, net.integers(-1, 12)]), 0.012, 0)
  const logits = net.node('Gemm', [flat, ...parameters(net, [3, 12], 0.012)], { transB: 1 })
  return { name: 'QDQ CNN', file: net.file(pair(net, logits, 0.02, 128)), low: 0, high: 1, bound: 0.035 }
}

export function qoperatorMlp(): ZooModel {
  const net = new Exporter(13, 41)
  const [depth, hidden, outputs] = [6, 5, 3]
  const x = { scale: scalar(net, 1 / 127), zero: net.constant([], [0], 'int8') }
  const h = { scale: scalar(net, 0.02), zero: net.constant([], [-128], 'int8') }
  const y = { scale: scalar(net, 0.03), zero: net.constant([], [5], 'int8') }
  const layer = (value: string, shape: readonly [number, number], from: typeof x, to: typeof x): string => {
    const weight = net.constant(shape, net.integerList(shape[0] * shape[1], -127, 127), 'int8')
    const own = { scale: scalar(net, 0.005), zero: net.constant([], [0], 'int8') }
    return net.node('QLinearMatMul', [
      value,
      from.scale,
      from.zero,
      weight,
      own.scale,
      own.zero,
      to.scale,
      to.zero,
    ])
  }
  const input = net.node('QuantizeLinear', [net.input('x', ['N', depth]), x.scale, x.zero])
  // A zero point at the least integer makes the clamp a ReLU.
  const first = layer(input, [depth, hidden], x, h)
  const second = layer(first, [hidden, outputs], h, y)
  const output = net.node('DequantizeLinear', [second, y.scale, y.zero])
  return { name: 'QOperator MLP', file: net.file(output), low: -1, high: 1, bound: 0.035 }
}

export const quantiserModels = [qdqCnn, qoperatorMlp] as const
