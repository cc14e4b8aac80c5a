/** A short way to write integer models of one input and one output. */
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
export function tinyModel({ name, input, steps }: ModelText): QModel {
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
    batch: 1,
    inputs: [{ name: 'x', tensor: 0, shape: input.shape, scales: [1], lows: [input.lo], bits: input.bits }],
    outputs: [
      {
        name: 'y',
        tensor: last,
        shape: shapes[last]!,
        scale: 1,
        activation: null,
        meaning: { kind: 'values' },
      },
    ],
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

export function window(kernel: number, stride: number, pad: number): Window {
  return {
    kernel: [kernel, kernel],
    strides: [stride, stride],
    pads: [pad, pad, pad, pad],
    dilations: [1, 1],
  }
}

export function dense(input: number, rows: readonly (readonly number[])[], bias: readonly number[]): Step {
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

/** Number of values that a model takes. */
export function inputSize(model: QModel): number {
  return sizeOf(model.inputs[0]!.shape)
}
