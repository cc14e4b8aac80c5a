/** Generators of reductions, selections and normalisations. */
import { float } from '../onnx-builder.js'
import type { Generator } from './generator.js'
import type { OnnxCase, Result, Spread } from './onnx-case.js'

/** Axes are an attribute before the opset given, an input from then on. */
function reduce(op: string, inputSince: number, spread: Spread = {}): Generator {
  return {
    operator: op,
    since: 7,
    make(draw) {
      const shape = draw.shape(draw.between(1, 4))
      const count = draw.between(1, shape.length)
      const chosen = draw.permutation(shape.length).slice(0, count)
      const isSigned = draw.opset >= 11
      const axes = draw.chance(0.2)
        ? undefined
        : chosen.map((axis) => (isSigned ? draw.axisName(axis, shape.length) : axis))
      const keepdims = draw.maybe(draw.below(2))
      const value = draw.value(shape, spread)
      if (draw.opset < inputSince) return draw.node(op, [value], { axes, keepdims })
      const list = axes === undefined ? undefined : draw.integers(...axes)
      const noop_with_empty_axes = draw.chance(0.2) ? 1 : undefined
      return draw.node(op, [value, list], { keepdims, noop_with_empty_axes })
    },
  }
}

function select(op: string): Generator {
  return {
    operator: op,
    since: 7,
    make(draw) {
      const shape = draw.shape(draw.between(2, 4))
      const axis = draw.between(0, shape.length - 1)
      const spread = { low: -3, high: 3, grid: draw.chance(0.5) }
      const name = draw.node(op, [draw.value(shape, spread)], {
        axis: draw.opset >= 11 ? draw.axisName(axis, shape.length) : axis,
        keepdims: draw.maybe(draw.below(2)),
        select_last_index: draw.opset >= 12 ? draw.maybe(draw.below(2)) : undefined,
      })
      return { name, type: 'int64' }
    },
  }
}

function topK(draw: OnnxCase): Result {
  const shape = draw.shape(draw.between(2, 4), 6)
  const axis = draw.chance(0.6) ? shape.length - 1 : draw.between(0, shape.length - 1)
  const k = draw.between(1, shape[axis]!)
  const value = draw.value(shape, { low: -3, high: 3, grid: draw.chance(0.4) })
  const named = draw.opset >= 11 ? draw.axisName(axis, shape.length) : axis
  const attributes =
    draw.opset >= 11
      ? { axis: named, largest: draw.maybe(draw.below(2)), sorted: draw.maybe(1) }
      : { axis: named, k: draw.opset < 10 ? k : undefined }
  const count = draw.opset < 10 ? undefined : draw.integers(k)
  const [values, indices] = draw.nodes('TopK', 2, [value, count], attributes) as [string, string]
  const both = [
    { name: values, type: 'float' },
    { name: indices, type: 'int64' },
  ] as const
  return draw.pick([both, [both[0]], [both[1]]])
}

/** A shape, and a scale and a bias for each of its channels. */
function channelwise(draw: OnnxCase, rank = draw.between(2, 4)) {
  const shape = draw.shape(rank, 4)
  const channels = [shape[1]!]
  return {
    shape,
    parameters: [draw.weights(channels), draw.weights(channels)] as const,
    statistics: [draw.weights(channels), draw.weights(channels, { low: 0.1, high: 2 })] as const,
    epsilon: draw.maybe(float(draw.number({ low: 1e-3, high: 1e-2 }))),
  }
}

export const reduceGenerators: readonly Generator[] = [
  reduce('ReduceSum', 13),
  reduce('ReduceMean', 18),
  reduce('ReduceMax', 18),
  reduce('ReduceMin', 18),
  reduce('ReduceL1', 18),
  reduce('ReduceL2', 18),
  reduce('ReduceProd', 18),
  reduce('ReduceSumSquare', 18),
  reduce('ReduceLogSum', 18, { low: 0.1, high: 3 }),
  reduce('ReduceLogSumExp', 18),
  select('ArgMax'),
  select('ArgMin'),
  { operator: 'TopK', since: 7, make: topK },
  ...['Softmax', 'LogSoftmax', 'Hardmax'].map(
    (operator): Generator => ({
      operator,
      since: 7,
      make(draw) {
        const shape = draw.shape(draw.between(2, 4))
        const axis = draw.below(shape.length)
        const named = draw.opset >= 11 ? draw.axisName(axis, shape.length) : axis
        return draw.node(operator, [draw.value(shape)], { axis: draw.maybe(named) })
      },
    }),
  ),
  {
    operator: 'BatchNormalization',
    since: 7,
    make(draw) {
      const { shape, parameters, statistics, epsilon } = channelwise(draw)
      const momentum = draw.maybe(float(0.8))
      return draw.node('BatchNormalization', [draw.value(shape), ...parameters, ...statistics], {
        epsilon,
        momentum,
      })
    },
  },
  {
    operator: 'InstanceNormalization',
    since: 7,
    make(draw) {
      const { shape, parameters, epsilon } = channelwise(draw, draw.between(3, 4))
      return draw.node('InstanceNormalization', [draw.value(shape), ...parameters], { epsilon })
    },
  },
  {
    operator: 'GroupNormalization',
    since: 21,
    make(draw) {
      const groups = draw.between(1, 2)
      const channels = groups * draw.between(1, 2)
      const value = draw.value([1, channels, draw.between(2, 3), draw.between(2, 3)])
      const inputs = [value, draw.weights([channels]), draw.weights([channels])]
      return draw.node('GroupNormalization', inputs, { num_groups: groups })
    },
  },
  {
    operator: 'LayerNormalization',
    since: 17,
    make(draw) {
      const shape = draw.shape(draw.between(2, 4))
      const axis = draw.between(1, shape.length - 1)
      const own = shape.slice(axis)
      const inputs = [draw.value(shape), draw.weights(own), draw.maybe(draw.weights(own))]
      const named = axis === shape.length - 1 ? draw.maybe(-1) : draw.axisName(axis, shape.length)
      return draw.node('LayerNormalization', inputs, {
        axis: named,
        epsilon: draw.maybe(float(draw.number({ low: 1e-3, high: 1e-2 }))),
      })
    },
  },
  {
    operator: 'MeanVarianceNormalization',
    since: 9,
    make(draw) {
      const shape = [1, draw.between(1, 3), draw.between(2, 4), draw.between(2, 4)]
      return draw.node('MeanVarianceNormalization', [draw.value(shape)], { axes: draw.maybe([2, 3]) })
    },
  },
  {
    operator: 'LpNormalization',
    since: 7,
    make(draw) {
      const shape = draw.shape(draw.between(2, 3))
      return draw.node('LpNormalization', [draw.value(shape)], { p: draw.pick([1, 2]), axis: draw.maybe(1) })
    },
  },
]
