import type { Shape } from '#circuits/graph/graph.js'
import { floatTensor } from './graph-builder.js'
import { windowOf } from './qmodel-builder.js'

/** Fixed numbers that look random, in [-spread, spread]. */
export function weightsOf(shape: Shape, spread = 1, seed = 1) {
  const size = shape.reduce((product, length) => product * length, 1)
  return floatTensor(
    shape,
    Array.from({ length: size }, (_, i) => ((((i + seed) * 7919) % 1009) / 504.5 - 1) * spread),
  )
}

/** A dense node of N outputs over K inputs. */
export function denseNode(input: string, output: string, shape: readonly [number, number], seed = 1) {
  const [weight, bias] = [weightsOf(shape, 1, seed), weightsOf([shape[0]], 0.5, seed + 3)]
  return { kind: 'dense', input, output, weight, bias } as const
}

/** A convolution node of stride 1, padded to keep a 3 × 3 window's plane. */
export function convNode(input: string, output: string, outputs: number, channels: number, seed = 1) {
  const weight = weightsOf([outputs, channels, 3, 3], 0.5, seed)
  const bias = weightsOf([outputs], 0.5, seed + 3)
  const window = windowOf([3, 3], { pads: [1, 1, 1, 1] })
  return { kind: 'conv', input, output, weight, bias, window, groups: 1 } as const
}

export function reluNode(input: string, output: string) {
  return { kind: 'relu', input, output } as const
}

export function addNode(left: string, right: string, output: string) {
  return { kind: 'add', inputs: [left, right], output } as const
}

export function maxPoolNode(input: string, output: string) {
  return { kind: 'maxPool', input, output, window: windowOf([2, 2], { strides: [2, 2] }) } as const
}

export function argMaxNode(input: string, output: string) {
  return { kind: 'argMax', input, output, axis: 1, keepAxis: true, selectLast: false } as const
}
