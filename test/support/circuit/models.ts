/** Tiny models for the circuits that the emitter writes: every layer that costs constraints, in every shape. */
import type { Window } from '#circuits/graph/graph.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import { dense, tinyModel, window } from './tiny-model.js'

function argMax(size: number, selectLast: boolean): QModel {
  return tinyModel({
    name: `argMax of ${size}, ${selectLast ? 'last' : 'lowest'}`,
    input: { shape: [1, size], bits: 3, lo: -4 },
    steps: [{ shape: [1], layer: { kind: 'argMax', input: 0, selectLast } }],
  })
}

function maxPool(size: number, out: number, pool: Window): QModel {
  return tinyModel({
    name: `maxPool ${pool.kernel[0]} by ${pool.strides[0]}, pad ${pool.pads[0]}`,
    input: { shape: [1, 1, size, size], bits: 4, lo: -8 },
    steps: [{ shape: [1, 1, out, out], layer: { kind: 'maxPool', input: 0, window: pool } }],
  })
}

const rows = [
  [3, -2, 5],
  [-7, 4, 1],
  [1, 1, -1],
  [30, -20, 10],
  [0, 0, 0],
]

/** ReLU with every kind of gadget: per channel another shift, from no overflow to several bits. */
const relu = tinyModel({
  name: 'dense, relu, dense',
  input: { shape: [1, 3], bits: 4, lo: 0 },
  steps: [
    dense(0, rows, [0, 3, 1, -11, 5]),
    {
      shape: [1, 5],
      layer: { kind: 'rescale', input: 1, shifts: [0, 1, 0, 3, 2], channelAxis: 1, low: 0, saturate: 4 },
    },
    dense(
      2,
      [...rows.map((row) => [...row, 1, -1]), [1, 0, 0, 0, 0], [0, -1, 0, 0, 0], [1, 1, 1, 1, 1]],
      Array(8).fill(-1),
    ),
  ],
})

/** Rescale without a clamp, of values of either sign. */
const plain = tinyModel({
  name: 'dense, rescale',
  input: { shape: [1, 3], bits: 4, lo: -8 },
  steps: [
    dense(0, rows, [1, -200, 300, 0, 77]),
    {
      shape: [1, 5],
      layer: {
        kind: 'rescale',
        input: 1,
        shifts: [2, 3, 1, 4, 1],
        channelAxis: 1,
        low: null,
        saturate: null,
      },
    },
  ],
})

/** A classifier as users build it: the answer is a class. */
const classifier = tinyModel({
  name: 'dense, relu, dense, argMax',
  input: { shape: [1, 3], bits: 4, lo: 0 },
  steps: [
    dense(0, rows, [0, 3, 1, -11, 5]),
    {
      shape: [1, 5],
      layer: { kind: 'rescale', input: 1, shifts: [1], channelAxis: 0, low: 0, saturate: 4 },
    },
    dense(
      2,
      [
        [1, 0, 0, 0, 0],
        [0, 1, 0, 0, 0],
        [0, 0, 2, 0, -1],
      ],
      [0, 0, 0],
    ),
    { shape: [1], layer: { kind: 'argMax', input: 3, selectLast: false } },
  ],
})

/** Tables of three channels: keys that the window holds, keys on both sides of it, and a constant. */
const tables = tinyModel({
  name: 'dense, table',
  input: { shape: [1, 2], bits: 3, lo: -4 },
  steps: [
    dense(
      0,
      [
        [1, 1],
        [5, -4],
        [0, 0],
      ],
      [1, 2, 3],
    ),
    {
      shape: [1, 3],
      layer: {
        kind: 'table',
        input: 1,
        shifts: [1, 1, 2],
        channelAxis: 1,
        low: -4,
        bits: 3,
        tables: [
          Int32Array.of(9, 0, 4, 7, 7, 1, 3, -2),
          Int32Array.of(-1, -1, -1, 0, 0, 1, 2, 3),
          Int32Array.of(1, 2, 3, 4, 5, 6, 7, 8),
        ],
      },
    },
  ],
})

/** Rescale to a range that does not begin at 0. */
const clamped = tinyModel({
  name: 'dense, clamp',
  input: { shape: [1, 3], bits: 4, lo: -8 },
  steps: [
    dense(0, rows, [1, -40, 30, 0, 77]),
    {
      shape: [1, 5],
      layer: { kind: 'rescale', input: 1, shifts: [2, 0, 1, 3, 1], channelAxis: 1, low: -5, saturate: 4 },
    },
  ],
})

/** A matrix times itself, with a constant among its elements. */
const product = tinyModel({
  name: 'product of matrices',
  input: { shape: [1, 3], bits: 3, lo: -4 },
  steps: [
    {
      shape: [2, 2],
      layer: { kind: 'reindex', inputs: [0], indices: Int32Array.of(0, 1, -1, 2), fill: 3 },
    },
    {
      shape: [2, 2],
      layer: { kind: 'matMul', left: 1, right: 1, batch: 1, rows: 2, depth: 2, columns: 2 },
    },
  ],
})

const largest = tinyModel({
  name: 'topK of two rows',
  input: { shape: [2, 3], bits: 3, lo: -4 },
  steps: [{ shape: [2, 2], layer: { kind: 'topK', input: 0, count: 2 } }],
})

const rowsOfIndices = tinyModel({
  name: 'argMax of two rows',
  input: { shape: [2, 3], bits: 3, lo: -4 },
  steps: [{ shape: [2], layer: { kind: 'argMax', input: 0, selectLast: false } }],
})

export const tinyModels: readonly QModel[] = [
  ...[2, 3, 5].map((size) => argMax(size, false)),
  ...[2, 4].map((size) => argMax(size, true)),
  maxPool(4, 2, window(2, 2, 0)),
  maxPool(3, 3, window(3, 1, 1)),
  relu,
  plain,
  classifier,
  tables,
  clamped,
  product,
  largest,
  rowsOfIndices,
]
