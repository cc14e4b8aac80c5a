import { traceModel } from '#circuits/analyse/trace.js'
import { type Shape, sizeOf, type Window } from '#circuits/graph/graph.js'
import { bitLength, type QLayer, type QModel, type QTensor } from '#circuits/qmodel/qmodel.js'

/** A layer without names, and with the shape of its result. */
type Bare<Layer> = Layer extends QLayer
  ? Omit<Layer, 'name' | 'operator' | 'output'> & { readonly shape: Shape }
  : never

export type BareLayer = Bare<QLayer>

export interface BareInput {
  readonly shape: Shape
  readonly bits: number
  readonly lo: number
  readonly scale?: number
}

/**
 * An integer model with exact bounds: tensors 0 … are the inputs `x0` …, then one a layer, in order. The last
 * tensor is the output `y`, or those given are.
 */
export function qmodelOf(
  inputs: readonly BareInput[],
  layers: readonly BareLayer[],
  outputs: readonly number[] = [inputs.length + layers.length - 1],
): QModel {
  const shapes = [...inputs, ...layers].map(({ shape }) => shape)
  const model: QModel = {
    name: 'test',
    batch: 1,
    inputs: inputs.map(({ scale = 1, lo, ...input }, tensor) => ({
      name: `x${tensor}`,
      tensor,
      scales: [scale],
      lows: [lo],
      ...input,
    })),
    outputs: outputs.map((tensor, i) => ({
      name: i === 0 ? 'y' : `y${i}`,
      tensor,
      shape: shapes[tensor]!,
      scale: 1,
      activation: null,
      meaning: { kind: layers.at(-1)?.kind === 'argMax' ? ('class' as const) : ('scores' as const) },
    })),
    tensors: shapes.map((shape, id) => tensorOf(id, shape, 0, 0)),
    layers: layers.map(({ shape: _, ...layer }, i) => {
      return {
        ...layer,
        name: `${layer.kind}${i}`,
        operator: layer.kind,
        output: inputs.length + i,
      } as QLayer
    }),
  }
  const { elements } = traceModel(model)
  const tensors = shapes.map((shape, id) => {
    const [lo, hi] = [elements[id]!.map((each) => each.lo), elements[id]!.map((each) => each.hi)]
    return tensorOf(id, shape, Math.min(...lo), Math.max(...hi))
  })
  return { ...model, tensors }
}

function tensorOf(id: number, shape: Shape, lo: number, hi: number): QTensor {
  const signed = lo < 0
  const bits = Math.max(1, bitLength(Math.max(hi, 0)), bitLength(Math.max(-lo - 1, 0))) + (signed ? 1 : 0)
  return { name: `t${id}`, shape, scales: [1], channelAxis: 0, lo, hi, signed, bits }
}

/** A window with stride and dilation 1 and no padding, but for what is given. */
export function windowOf(kernel: Window['kernel'], rest: Partial<Window> = {}): Window {
  return { kernel, strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], ...rest }
}

/** The shape that a window makes of a plane. */
export function windowedPlane(window: Window, height: number, width: number): readonly [number, number] {
  const along = (axis: 0 | 1, length: number) => {
    const extent = (window.kernel[axis] - 1) * window.dilations[axis] + 1
    return (
      Math.floor((length + window.pads[axis] + window.pads[axis + 2]! - extent) / window.strides[axis]) + 1
    )
  }
  return [along(0, height), along(1, width)]
}

/** Random integers from `lo` to `hi`, as many as the shape holds. */
export function randomIntegers(random: () => number, shape: Shape, lo: number, hi: number): Float64Array {
  return Float64Array.from({ length: sizeOf(shape) }, () => lo + Math.floor(random() * (hi - lo + 1)))
}
