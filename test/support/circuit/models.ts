/** Tiny models for the circuits that the emitter writes: every layer that costs constraints, in every shape. */
import { traceModel } from '#circuits/analyse/trace.js'
import type { Shape, Window } from '#circuits/graph/graph.js'
import { sizeOf } from '#circuits/graph/graph.js'
import { bitLength, type QLayer, type QModel, type QTensor } from '#circuits/qmodel/qmodel.js'
import { verifyQModel } from '#circuits/qmodel/verify.js'

type Kind = QLayer['kind']
type LayerText<K extends Kind> = Omit<Extract<QLayer, { kind: K }>, 'name' | 'operator' | 'output'>
type Step = { readonly shape: Shape; readonly layer: { [K in Kind]: LayerText<K> }[Kind] }

interface ModelText {
  readonly name: string
  readonly input: { readonly shape: Shape; readonly bits: number; readonly lo: number }
  readonly steps: readonly Step[]
}

/** A model of one input (tensor 0) whose step k makes tensor k + 1; the last tensor is its output. */
function tinyModel({ name, input, steps }: ModelText): QModel {
  const shapes = [input.shape, ...steps.map(({ shape }) => shape)]
  const layers = steps.map(({ layer }, k) => ({
    ...layer,
    name: `${layer.kind}${k}`,
    operator: layer.kind,
    output: k + 1,
  })) as QLayer[]
  const tensor = (shape: Shape, k: number, lo: number, hi: number): QTensor => {
    const bits = Math.max(bitLength(hi), bitLength(-lo))
    return { name: `t${k}`, shape, scales: [1], channelAxis: 0, lo, hi, signed: lo < 0, bits }
  }
  const last = shapes.length - 1
  const draft: QModel = {
    name,
    inputs: [{ name: 'x', tensor: 0, scale: 1, ...input }],
    outputs: [{ name: 'y', tensor: last, shape: shapes[last]!, scale: 1, activation: null }],
    tensors: shapes.map((shape, k) => tensor(shape, k, 0, 0)),
    layers,
  }
  const { elements } = traceModel(draft)
  const tensors = shapes.map((shape, k) => {
    const lo = Math.min(...elements[k]!.map((element) => element.lo))
    const hi = Math.max(...elements[k]!.map((element) => element.hi))
    return tensor(shape, k, lo, hi)
  })
  const model = { ...draft, tensors }
  verifyQModel(model)
  return model
}

function window(kernel: number, stride: number, pad: number): Window {
  return {
    kernel: [kernel, kernel],
    strides: [stride, stride],
    pads: [pad, pad, pad, pad],
    dilations: [1, 1],
  }
}

function dense(input: number, rows: readonly (readonly number[])[], bias: readonly number[]): Step {
  return {
    shape: [1, rows.length],
    layer: {
      kind: 'dense',
      input,
      weight: Int32Array.from(rows.flat()),
      weightShape: [rows.length, rows[0]!.length],
      bias: Float64Array.from(bias),
    },
  }
}

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
      layer: { kind: 'rescale', input: 1, shifts: [0, 1, 0, 3, 2], channelAxis: 1, relu: true, saturate: 4 },
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
        relu: false,
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
      layer: { kind: 'rescale', input: 1, shifts: [1], channelAxis: 0, relu: true, saturate: 4 },
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

export const tinyModels: readonly QModel[] = [
  ...[2, 3, 5].map((size) => argMax(size, false)),
  ...[2, 4].map((size) => argMax(size, true)),
  maxPool(4, 2, window(2, 2, 0)),
  maxPool(3, 3, window(3, 1, 1)),
  relu,
  plain,
  classifier,
]

/** Number of values that a model takes. */
export function inputSize(model: QModel): number {
  return sizeOf(model.inputs[0]!.shape)
}
