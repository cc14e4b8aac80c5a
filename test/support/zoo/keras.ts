/** Networks as tf2onnx writes Keras models: NHWC images with Transpose around, Dense as MatMul and Add. */
import { Exporter, type ZooModel } from './exporter.js'

function dense(net: Exporter, value: string, inputs: number, outputs: number): string {
  const product = net.node('MatMul', [value, net.weight([inputs, outputs], inputs)])
  return net.node('Add', [product, net.numbers([outputs], -0.1, 0.1)])
}

export function kerasCnn(): ZooModel {
  const net = new Exporter(15, 20)
  const image = net.node('Transpose', [net.input('input_1', ['unk__18', 8, 8, 1])], { perm: [0, 3, 1, 2] })
  const first = net.node('Conv', [image, net.weight([4, 1, 3, 3], 9), net.numbers([4], -0.1, 0.1)], {
    kernel_shape: [3, 3],
    strides: [1, 1],
    dilations: [1, 1],
    group: 1,
    auto_pad: 'VALID',
  })
  const pooled = net.node('MaxPool', [net.node('Relu', [first])], {
    auto_pad: 'VALID',
    kernel_shape: [2, 2],
    strides: [2, 2],
  })
  const back = net.node('Transpose', [pooled], { perm: [0, 2, 3, 1] })
  const flat = net.node('Reshape', [back, net.integers(-1, 36)])
  const hidden = net.node('Relu', [dense(net, flat, 36, 8)])
  const classes = net.node('Softmax', [dense(net, hidden, 8, 3)], { axis: 1 })
  return { name: 'Keras CNN', file: net.file(classes), low: 0, high: 1, bound: 0.025 }
}

/** SAME padding with strides, depthwise kernels, swish and a mean over NHWC axes. */
export function kerasMobile(): ZooModel {
  const net = new Exporter(13, 21)
  const image = net.node('Transpose', [net.input('input', ['N', 7, 7, 2])], { perm: [0, 3, 1, 2] })
  const first = net.node('Conv', [image, net.weight([4, 2, 3, 3], 18)], {
    auto_pad: 'SAME_UPPER',
    kernel_shape: [3, 3],
    strides: [2, 2],
  })
  const normal = net.batchNorm(first, 4)
  const swish = net.node('Mul', [normal, net.node('Sigmoid', [normal])])
  const deep = net.conv(swish, 4, 4, { groups: 4 })
  const back = net.node('Transpose', [net.node('Relu', [deep])], { perm: [0, 2, 3, 1] })
  const mean = net.node('ReduceMean', [back], { axes: [1, 2], keepdims: 0 })
  return {
    name: 'Keras depthwise net',
    file: net.file(dense(net, mean, 4, 2)),
    low: 0,
    high: 1,
    bound: 0.025,
  }
}

/** A tabular net with normalised columns, as preprocessing layers make them. */
export function kerasTabular(): ZooModel {
  const net = new Exporter(17, 22)
  const columns = [0, 1, 2].map((column) => net.input(`column_${column}`, ['N', 1]))
  const joined = net.node('Concat', columns, { axis: 1 })
  const centred = net.node('Sub', [joined, net.numbers([1, 3], -0.3, 0.3)])
  const normal = net.node('Div', [centred, net.numbers([1, 3], 0.5, 1.5)])
  const hidden = net.node('Tanh', [dense(net, normal, 3, 8)])
  return {
    name: 'Keras tabular net',
    file: net.file(dense(net, hidden, 8, 2)),
    low: -1,
    high: 1,
    bound: 0.025,
  }
}

export const kerasModels = [kerasCnn, kerasMobile, kerasTabular] as const
