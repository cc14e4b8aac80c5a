import type { QModel } from '#circuits/qmodel/qmodel.js'
import { dense, tinyModel, window } from './tiny-model.js'

/** Models whose ranges are as narrow as ranges get. */
export const narrowModels: readonly QModel[] = [
  tinyModel({
    name: 'an output of -1 or 0',
    input: { shape: [1, 2], bits: 1, lo: -1 },
    steps: [dense(0, [[1, 0]], [0])],
  }),
  tinyModel({
    name: 'an output that is always -3',
    input: { shape: [1, 2], bits: 1, lo: 0 },
    steps: [
      dense(
        0,
        [
          [0, 0],
          [1, 1],
        ],
        [-3, 0],
      ),
    ],
  }),
  tinyModel({
    name: 'argMax of a constant and a bit',
    input: { shape: [1, 2], bits: 1, lo: 0 },
    steps: [
      dense(
        0,
        [
          [0, 0],
          [1, 0],
          [0, 0],
        ],
        [0, 0, 0],
      ),
      { shape: [1], layer: { kind: 'argMax', input: 1, selectLast: false } },
    ],
  }),
  tinyModel({
    name: 'argMax of constants',
    input: { shape: [1, 2], bits: 1, lo: 0 },
    steps: [
      dense(
        0,
        [
          [0, 0],
          [0, 0],
          [0, 0],
        ],
        [2, 7, 7],
      ),
      { shape: [1], layer: { kind: 'argMax', input: 1, selectLast: false } },
    ],
  }),
  tinyModel({
    name: 'argMax of one',
    input: { shape: [1, 2], bits: 1, lo: 0 },
    steps: [dense(0, [[1, 1]], [0]), { shape: [1], layer: { kind: 'argMax', input: 1, selectLast: false } }],
  }),
  tinyModel({
    name: 'relu of a bit less one, of constants',
    input: { shape: [1, 2], bits: 1, lo: 0 },
    steps: [
      dense(
        0,
        [
          [1, 0],
          [2, 0],
          [0, 0],
          [1, -1],
        ],
        [-1, -1, 5, 0],
      ),
      {
        shape: [1, 4],
        layer: { kind: 'rescale', input: 1, shifts: [0], channelAxis: 1, low: 0, saturate: 1 },
      },
    ],
  }),
  tinyModel({
    name: 'maxPool of constants',
    input: { shape: [1, 1, 2, 2], bits: 1, lo: 0 },
    steps: [
      {
        shape: [1, 1, 2, 2],
        layer: {
          kind: 'combine',
          terms: [{ input: 0, factors: [0] }],
          constant: Float64Array.of(3, 1, 2, 4),
          channelAxis: 1,
        },
      },
      { shape: [1, 1, 1, 1], layer: { kind: 'maxPool', input: 1, window: window(2, 2, 0) } },
    ],
  }),
]
