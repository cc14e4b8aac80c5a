import type { QModel } from '#circuits/qmodel/qmodel.js'
import { qmodelOf, windowOf } from './qmodel-builder.js'

/** A small model with a layer of each kind; layer k makes tensor k + 1. */
export const everyLayer: QModel = qmodelOf(
  [{ shape: [1, 2, 4, 4], bits: 4, lo: -8, scale: 0.25 }],
  [
    {
      kind: 'conv',
      input: 0,
      shape: [1, 2, 4, 4],
      weight: Int32Array.of(1, -2, 3, 0, 5, -6, 7, 8, -9, 1, 2, 3, 4, -5, 6, 7),
      weightShape: [2, 2, 2, 2],
      bias: Float64Array.of(10, -20),
      window: windowOf([2, 2], { pads: [1, 1, 0, 0] }),
      groups: 1,
    },
    {
      kind: 'rescale',
      input: 1,
      shape: [1, 2, 4, 4],
      shifts: [3, 4],
      channelAxis: 1,
      low: 0,
      saturate: 5,
    },
    { kind: 'maxPool', input: 2, shape: [1, 2, 3, 3], window: windowOf([2, 2]) },
    { kind: 'windowSum', input: 3, shape: [1, 2, 2, 2], window: windowOf([2, 2]), factors: [1, 2, 3, 4] },
    {
      kind: 'combine',
      shape: [1, 2, 2, 2],
      terms: [{ input: 4, factors: [2, -3] }],
      constant: Float64Array.of(0, 1, 2, 3, 4, 5, 6, 7),
      channelAxis: 1,
    },
    {
      kind: 'reindex',
      inputs: [5],
      shape: [1, 9],
      indices: Int32Array.of(7, 6, 5, 4, 3, 2, 1, 0, -1),
      fill: -4,
    },
    {
      kind: 'dense',
      input: 6,
      shape: [1, 3],
      weight: Int32Array.from({ length: 27 }, (_, i) => ((i * 7) % 11) - 5),
      weightShape: [3, 9],
      bias: Float64Array.of(1, 0, -1),
    },
    { kind: 'argMax', input: 7, shape: [1], selectLast: false },
  ],
)
