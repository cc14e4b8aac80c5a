/** Networks as PyTorch's exporters write them: 1.13 (opset 13) and 2.x (opset 17 and newer). */
import { Exporter, type ZooModel } from './exporter.js'

const image = { low: 0, high: 1 } as const
const features = { low: -1, high: 1 } as const

export function mlp(): ZooModel {
  const net = new Exporter(17)
  const flat = net.node('Flatten', [net.input('input', ['batch', 1, 6, 6])], { axis: 1 })
  const hidden = net.node('Relu', [net.linear(flat, 36, 12)])
  const second = net.node('Relu', [net.linear(hidden, 12, 8)])
  return { name: 'MLP', file: net.file(net.linear(second, 8, 4)), ...image, bound: 0.015 }
}

/** Conv without bias, BatchNormalization, ReLU; global average and a shape computed at run time. */
export function cnn(): ZooModel {
  const net = new Exporter(13, 2)
  const block = (value: string, channels: number, outputs: number): string =>
    net.node('Relu', [net.batchNorm(net.conv(value, channels, outputs, { bias: false }), outputs)])
  const first = block(net.input('input', ['batch', 1, 8, 8]), 1, 3)
  const pooled = net.node('MaxPool', [first], { kernel_shape: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0] })
  const mean = net.node('GlobalAveragePool', [block(pooled, 3, 4)])
  const batch = net.node('Gather', [net.node('Shape', [mean]), net.scalarIndex(0)], { axis: 0 })
  const shape = [net.node('Unsqueeze', [batch, net.list64(0)]), net.list64(-1)]
  const flat = net.node('Reshape', [mean, net.node('Concat', shape, { axis: 0 })])
  return { name: 'CNN with BatchNorm', file: net.file(net.linear(flat, 4, 3)), ...image, bound: 0.015 }
}

export function residual(): ZooModel {
  const net = new Exporter(18, 3)
  const stem = net.node('Relu', [net.conv(net.input('x', ['batch', 2, 6, 6]), 2, 4)])
  const first = net.node('Relu', [net.batchNorm(net.conv(stem, 4, 4, { bias: false }), 4)])
  const second = net.batchNorm(net.conv(first, 4, 4, { bias: false }), 4)
  const sum = net.node('Relu', [net.node('Add', [second, stem])])
  const mean = net.node('ReduceMean', [sum, net.integers(-1, -2)], { keepdims: 0 })
  return { name: 'residual block', file: net.file(net.linear(mean, 4, 3)), ...image, bound: 0.015 }
}

/** MobileNet's block: expansion, depthwise, squeeze and excitation, projection; ReLU6 and HardSwish. */
export function depthwise(): ZooModel {
  const net = new Exporter(17, 4)
  const relu6 = (value: string): string => net.node('Clip', [value, net.scalar(0), net.scalar(6)])
  const wide = relu6(net.conv(net.input('x', ['batch', 3, 6, 6]), 3, 6, { kernel: 1 }))
  const deep = net.node('HardSwish', [net.conv(wide, 6, 6, { groups: 6, stride: 2 })])
  const squeezed = net.node('GlobalAveragePool', [deep])
  const inner = net.node('Relu', [net.conv(squeezed, 6, 2, { kernel: 1 })])
  const gate = net.node('HardSigmoid', [net.conv(inner, 2, 6, { kernel: 1 })], { alpha: { float: 1 / 6 } })
  const excited = net.node('Mul', [gate, deep])
  const flat = net.node('Flatten', [net.node('GlobalAveragePool', [net.conv(excited, 6, 4, { kernel: 1 })])])
  return { name: 'depthwise-separable block', file: net.file(net.linear(flat, 4, 3)), ...image, bound: 0.015 }
}

/** HardSwish before opset 14: x · clip(x + 3, 0, 6) / 6. */
export function hardSwishInParts(): ZooModel {
  const net = new Exporter(13, 5)
  const hidden = net.linear(net.input('x', [1, 6]), 6, 8)
  const gate = net.node('Clip', [net.node('Add', [hidden, net.scalar(3)]), net.scalar(0), net.scalar(6)])
  const swish = net.node('Div', [net.node('Mul', [hidden, gate]), net.scalar(6)])
  return { name: 'HardSwish in parts', file: net.file(net.linear(swish, 8, 3)), ...features, bound: 0.015 }
}

/** A 1-D sensor net with a probability at its end. */
export function sensor(): ZooModel {
  const net = new Exporter(17, 6)
  const first = net.node('Relu', [
    net.conv(net.input('signal', ['batch', 2, 24]), 2, 4, { kernel: 5, axes: 1 }),
  ])
  const pooled = net.node('MaxPool', [first], { kernel_shape: [2], strides: [2], pads: [0, 0], ceil_mode: 0 })
  const second = net.node('LeakyRelu', [net.conv(pooled, 4, 4, { axes: 1 })], { alpha: { float: 0.01 } })
  const mean = net.node('AveragePool', [second], { kernel_shape: [4], strides: [4] })
  const logit = net.linear(net.node('Flatten', [mean]), 12, 1)
  return { name: '1-D sensor net', file: net.file(net.node('Sigmoid', [logit])), ...features, bound: 0.015 }
}

export function autoencoder(): ZooModel {
  const net = new Exporter(17, 7)
  const coded = net.node('Relu', [net.conv(net.input('x', ['batch', 1, 8, 8]), 1, 4, { stride: 2 })])
  const code = net.node('Relu', [net.conv(coded, 4, 3, { stride: 2 })])
  const up = (value: string, channels: number, outputs: number): string =>
    net.node(
      'ConvTranspose',
      [value, net.weight([channels, outputs, 2, 2], channels), net.numbers([outputs], 0, 0.1)],
      {
        dilations: [1, 1],
        group: 1,
        kernel_shape: [2, 2],
        pads: [0, 0, 0, 0],
        strides: [2, 2],
      },
    )
  const decoded = net.node('Relu', [up(code, 3, 3)])
  return {
    name: 'autoencoder',
    file: net.file(net.node('Sigmoid', [up(decoded, 3, 1)])),
    ...image,
    bound: 0.015,
  }
}

/** An encoder and a decoder joined by Concat; nearest Resize as PyTorch 2 writes Upsample. */
export function unet(): ZooModel {
  const net = new Exporter(18, 8)
  const top = net.node('Relu', [net.conv(net.input('x', ['batch', 1, 8, 8]), 1, 2)])
  const pooled = net.node('MaxPool', [top], { kernel_shape: [2, 2], strides: [2, 2] })
  const low = net.node('Relu', [net.conv(pooled, 2, 3)])
  const wide = net.node('Resize', [low, '', net.constant([4], [1, 1, 2, 2])], {
    coordinate_transformation_mode: 'asymmetric',
    cubic_coeff_a: { float: -0.75 },
    mode: 'nearest',
    nearest_mode: 'floor',
  })
  const joined = net.node('Concat', [top, wide], { axis: 1 })
  return { name: 'U-Net', file: net.file(net.conv(joined, 5, 1, { kernel: 1 })), ...image, bound: 0.015 }
}

/** An Elman cell over four steps and a gate, unrolled. */
export function unrolledRecurrent(): ZooModel {
  const net = new Exporter(14, 9)
  const sequence = net.input('sequence', ['batch', 4, 3])
  const [input, hidden] = [net.weight([5, 3], 3), net.weight([5, 5], 5)]
  const [bias, gate] = [net.numbers([5], -0.2, 0.2), net.weight([5, 5], 5)]
  let state = net.node('ConstantOfShape', [net.list64(1, 5)])
  for (let step = 0; step < 4; step++) {
    const now = net.node('Gather', [sequence, net.scalarIndex(step)], { axis: 1 })
    const fed = net.node('Gemm', [now, input, bias], { transB: 1 })
    const kept = net.node('Gemm', [state, hidden], { transB: 1 })
    const candidate = net.node('Tanh', [net.node('Add', [fed, kept])])
    const open = net.node('Sigmoid', [net.node('Gemm', [candidate, gate], { transB: 1 })])
    state = net.node('Mul', [open, candidate])
  }
  return {
    name: 'recurrent net, unrolled',
    file: net.file(net.linear(state, 5, 2)),
    ...features,
    bound: 0.015,
  }
}

/** Two heads on one body: classes and a score. */
export function twoHeads(): ZooModel {
  const net = new Exporter(17, 10)
  const body = net.node('Elu', [net.linear(net.input('x', ['batch', 8]), 8, 10)], { alpha: { float: 1 } })
  const classes = net.linear(body, 10, 4)
  const score = net.node('Softplus', [net.linear(body, 10, 1)])
  return { name: 'two heads', file: net.file(classes, score), ...features, bound: 0.015 }
}

export const torchModels = [
  mlp,
  cnn,
  residual,
  depthwise,
  hardSwishInParts,
  sensor,
  autoencoder,
  unet,
  unrolledRecurrent,
  twoHeads,
] as const
