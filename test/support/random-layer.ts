/** Random layers of each kind, with a shape of input that they fit. */
import { type Shape, sizeOf, type Window } from '#circuits/graph/graph.js'
import type { QLayerKind } from '#circuits/qmodel/qmodel.js'
import { type BareLayer, randomIntegers, windowedPlane, windowOf } from './qmodel-builder.js'

export interface RandomLayer {
  readonly inputShape: Shape
  readonly layer: BareLayer
}

type Random = () => number

const upTo = (random: Random, most: number): number => Math.floor(random() * (most + 1))

/** A window over a plane of at most 7 × 7, each of whose positions holds data where `filled`. */
function randomWindow(random: Random, filled: boolean): { window: Window; plane: [number, number] } {
  for (;;) {
    const kernel = [1 + upTo(random, 3), 1 + upTo(random, 3)] as const
    const dilations = [1 + upTo(random, 1), 1 + upTo(random, 2)] as const
    const strides = [1 + upTo(random, 2), 1 + upTo(random, 2)] as const
    const pads = [0, 1, 2, 3].map((side) => upTo(random, filled ? kernel[side % 2]! - 1 : 3))
    const window = windowOf(kernel, { dilations, strides, pads: pads as unknown as Window['pads'] })
    const plane: [number, number] = [1 + upTo(random, 6), 1 + upTo(random, 6)]
    const [height, width] = windowedPlane(window, ...plane)
    if (height < 1 || width < 1) continue
    const holdsData = (axis: 0 | 1, positions: number) =>
      Array.from({ length: positions }, (_, at) => at * strides[axis] - pads[axis]!).every((start) =>
        Array.from({ length: kernel[axis] }, (_, tap) => start + tap * dilations[axis]).some(
          (at) => at >= 0 && at < plane[axis],
        ),
      )
    if (!filled || (holdsData(0, height) && holdsData(1, width))) return { window, plane }
  }
}

const weights = (random: Random, count: number): Int32Array =>
  Int32Array.from({ length: count }, () => (random() < 0.2 ? 0 : upTo(random, 254) - 127))

const integers = (random: Random, count: number, most: number): number[] =>
  Array.from({ length: count }, () => upTo(random, 2 * most) - most)

const makers: { readonly [K in QLayerKind]: (random: Random) => RandomLayer } = {
  conv(random) {
    const { window, plane } = randomWindow(random, false)
    const groups = 1 + upTo(random, 2)
    const weightShape = [groups * (1 + upTo(random, 1)), 1 + upTo(random, 1), ...window.kernel]
    const weight = weights(random, sizeOf(weightShape))
    const bias = randomIntegers(random, [weightShape[0]!], -1000, 1000)
    const shape = [1, weightShape[0]!, ...windowedPlane(window, ...plane)]
    return {
      inputShape: [1, groups * weightShape[1]!, ...plane],
      layer: { kind: 'conv', input: 0, shape, weight, weightShape, bias, window, groups },
    }
  },
  dense(random) {
    const [outputs, depth] = [1 + upTo(random, 4), 1 + upTo(random, 40)]
    const before = [[], [1], [3], [1, 2], [2, 1, 2]][upTo(random, 4)]!
    const weight = weights(random, outputs * depth)
    const bias = randomIntegers(random, [outputs], -1000, 1000)
    const shape = [...before, outputs]
    return {
      inputShape: [...before, depth],
      layer: { kind: 'dense', input: 0, shape, weight, weightShape: [outputs, depth], bias },
    }
  },
  combine(random) {
    const shape = [[5], [1, 4], [2, 3, 2], [1, 3, 2, 2], []][upTo(random, 4)]!
    const channelAxis = upTo(random, Math.max(0, shape.length - 1))
    const channels = shape[channelAxis] ?? 1
    const terms = Array.from({ length: 1 + upTo(random, 2) }, () => ({
      input: 0,
      factors: integers(random, random() < 0.5 ? 1 : channels, 300),
    }))
    const constant = random() < 0.5 ? randomIntegers(random, shape, -500, 500) : null
    return { inputShape: shape, layer: { kind: 'combine', shape, terms, constant, channelAxis } }
  },
  windowSum(random) {
    const { window, plane } = randomWindow(random, false)
    const channels = 1 + upTo(random, 2)
    const shape = [1, channels, ...windowedPlane(window, ...plane)]
    const factors = integers(random, shape[2]! * shape[3]!, 12)
    return {
      inputShape: [1, channels, ...plane],
      layer: { kind: 'windowSum', input: 0, shape, window, factors },
    }
  },
  reindex(random) {
    const inputShape = [1 + upTo(random, 3), 1 + upTo(random, 3)]
    const shape = [1 + upTo(random, 9)]
    const indices = Int32Array.from({ length: shape[0]! }, () => upTo(random, sizeOf(inputShape)) - 1)
    const fill = upTo(random, 20) - 10
    return { inputShape, layer: { kind: 'reindex', inputs: [0], shape, indices, fill } }
  },
  maxPool(random) {
    const { window, plane } = randomWindow(random, true)
    const channels = 1 + upTo(random, 2)
    const shape = [1, channels, ...windowedPlane(window, ...plane)]
    return { inputShape: [1, channels, ...plane], layer: { kind: 'maxPool', input: 0, shape, window } }
  },
  rescale(random) {
    const shape = [[5], [1, 4], [2, 3, 2], [1, 3, 2, 2]][upTo(random, 3)]!
    const channelAxis = upTo(random, shape.length - 1)
    const count = random() < 0.5 ? 1 : shape[channelAxis]!
    const shifts = Array.from({ length: count }, () => (random() < 0.2 ? 0 : upTo(random, 8)))
    const low = random() < 0.6 ? [0, 0, -5, 3][upTo(random, 3)]! : null
    const saturate = low !== null && random() < 0.6 ? 1 + upTo(random, 8) : null
    return {
      inputShape: shape,
      layer: { kind: 'rescale', input: 0, shape, shifts, channelAxis, low, saturate },
    }
  },
  table(random) {
    const shape = [[5], [1, 4], [2, 3, 2], [1, 3, 2, 2]][upTo(random, 3)]!
    const channelAxis = upTo(random, shape.length - 1)
    const count = () => (random() < 0.5 ? 1 : shape[channelAxis]!)
    const bits = 1 + upTo(random, 5)
    const shifts = Array.from({ length: count() }, () => upTo(random, 3))
    const tables = Array.from({ length: count() }, () => randomTable(random, 2 ** bits))
    const low = [0, -(2 ** (bits - 1)), upTo(random, 40) - 20][upTo(random, 2)]!
    return {
      inputShape: shape,
      layer: { kind: 'table', input: 0, shape, shifts, channelAxis, low, bits, tables },
    }
  },
  matMul(random) {
    const [batch, rows, depth] = [1 + upTo(random, 1), 1 + upTo(random, 2), 1 + upTo(random, 2)]
    // One tensor is both factors, so that squares occur.
    const layer = { kind: 'matMul', left: 0, right: 0, batch, rows, depth, columns: rows } as const
    return { inputShape: [batch, rows, depth], layer: { ...layer, shape: [batch, rows, rows] } }
  },
  topK(random) {
    const inputShape = [[1, 1 + upTo(random, 4)], [7], [2, 3], [3, 2]][upTo(random, 3)]!
    const count = 1 + upTo(random, inputShape.at(-1)! - 1)
    return { inputShape, layer: { kind: 'topK', input: 0, shape: inputShape.with(-1, count), count } }
  },
  argMax(random) {
    const inputShape = [[1, 1 + upTo(random, 9)], [7], [1, 2, 2], [3, 3]][upTo(random, 3)]!
    const shape = inputShape.slice(0, -1)
    return { inputShape, layer: { kind: 'argMax', input: 0, shape, selectLast: random() < 0.5 } }
  },
}

/** Any numbers, or a function that saturates, or one with a kink. */
function randomTable(random: Random, size: number): Int32Array {
  const [most, knee] = [upTo(random, 60), upTo(random, size - 1)]
  const functions = [
    () => upTo(random, 2 * most) - most,
    (key: number) => Math.min(Math.max(2 * (key - knee), -most), most),
    (key: number) => (key < knee ? -1 : key - knee),
  ]
  return Int32Array.from({ length: size }, (_, key) => functions[most % 3]!(key))
}

export const layerKinds = Object.keys(makers) as QLayerKind[]

/** A random layer of a kind, reading tensor 0. */
export function randomLayer(kind: QLayerKind, random: Random): RandomLayer {
  return makers[kind](random)
}
