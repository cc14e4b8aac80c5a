/**
 * The integer IR. A QModel is exact: its interpreter is the specification that the circuit equals bit for bit.
 * Layers stand in topological order, are discriminated by `kind`, and name tensors by index.
 *
 * Affine layers (conv, dense, combine, windowSum, reindex) cost no constraint: their results are sums with
 * constant weights. The others do.
 */
import type { Shape, Window } from '#circuits/graph/graph.js'

/** Index into {@link QModel.tensors}. */
export type TensorId = number

/** An integer tensor. A value v stands for the real number v · scale of its channel. */
export interface QTensor {
  readonly name: string
  readonly shape: Shape
  /** One scale, or one per index of `channelAxis`. */
  readonly scales: readonly number[]
  readonly channelAxis: number
  /** Exact interval over all inputs in range: every element lies in [lo, hi]. */
  readonly lo: number
  readonly hi: number
  readonly signed: boolean
  /** Width in bits that holds [lo, hi]; two's complement when signed. */
  readonly bits: number
}

interface LayerBase {
  /** For people: the ONNX nodes that this layer carries out. */
  readonly name: string
  readonly operator: string
  readonly output: TensorId
}

interface UnaryLayer extends LayerBase {
  readonly input: TensorId
}

/** Integer convolution: weight [O, C/groups, kH, kW], bias [O] in accumulator units. */
export interface QConv extends UnaryLayer {
  readonly kind: 'conv'
  readonly weight: Int32Array
  readonly weightShape: Shape
  readonly bias: Float64Array
  readonly window: Window
  readonly groups: number
}

/** Integer matrix product over the last axis: weight [N, K], bias [N]. */
export interface QDense extends UnaryLayer {
  readonly kind: 'dense'
  readonly weight: Int32Array
  readonly weightShape: Shape
  readonly bias: Float64Array
}

/** One term of a {@link QCombine}: an integer factor for all elements, or one per channel. */
export interface QTerm {
  readonly input: TensorId
  readonly factors: readonly number[]
}

/** Elementwise sum Σ factor·input + constant; `constant` has one entry per element, or none. */
export interface QCombine extends LayerBase {
  readonly kind: 'combine'
  readonly terms: readonly QTerm[]
  readonly constant: Float64Array | null
  readonly channelAxis: number
}

/** Sum over a window times a factor per output position [H·W]: an average pool whose divisor is in the scale. */
export interface QWindowSum extends UnaryLayer {
  readonly kind: 'windowSum'
  readonly window: Window
  readonly factors: readonly number[]
}

/** out[i] = the element at indices[i] of all inputs laid one after the other, or `fill` where the index is -1. */
export interface QReindex extends LayerBase {
  readonly kind: 'reindex'
  readonly inputs: readonly TensorId[]
  readonly indices: Int32Array
  readonly fill: number
}

/** Maximum over a window; padding never wins. */
export interface QMaxPool extends UnaryLayer {
  readonly kind: 'maxPool'
  readonly window: Window
}

/**
 * y = floor((x + 2^(shift-1)) / 2^shift), then max(y, low) unless `low` is null, then min(y, low + 2^saturate - 1)
 * where `saturate` is given (only with `low`). A ReLU has low = 0. `shifts` has one entry, or one per channel.
 */
export interface QRescale extends UnaryLayer {
  readonly kind: 'rescale'
  readonly shifts: readonly number[]
  readonly channelAxis: number
  readonly low: number | null
  readonly saturate: number | null
}

/**
 * y = table[r - low] for r = clamp(floor((x + 2^(shift-1)) / 2^shift), low, low + 2^bits - 1): any function of one
 * number. `shifts` and `tables` (2^bits entries each) have one entry, or one per channel.
 */
export interface QTable extends UnaryLayer {
  readonly kind: 'table'
  readonly shifts: readonly number[]
  readonly channelAxis: number
  readonly low: number
  readonly bits: number
  readonly tables: readonly Int32Array[]
}

/** Products of matrices: left [batch, rows, depth] times right [batch, depth, columns], in any tensor shapes. */
export interface QMatMul extends LayerBase {
  readonly kind: 'matMul'
  readonly left: TensorId
  readonly right: TensorId
  readonly batch: number
  readonly rows: number
  readonly depth: number
  readonly columns: number
}

/** The `count` largest elements of each row of the last axis, in descending order. */
export interface QTopK extends UnaryLayer {
  readonly kind: 'topK'
  readonly count: number
}

/** Index of the largest element of each row of the last axis; of a tie the lowest, or the last where `selectLast`. */
export interface QArgMax extends UnaryLayer {
  readonly kind: 'argMax'
  readonly selectLast: boolean
}

export type QLayer =
  | QConv
  | QDense
  | QCombine
  | QWindowSum
  | QReindex
  | QMatMul
  | QMaxPool
  | QRescale
  | QTable
  | QTopK
  | QArgMax

export type QLayerKind = QLayer['kind']

/** The tensors that a layer reads. */
export function layerInputs(layer: QLayer): readonly TensorId[] {
  switch (layer.kind) {
    case 'combine':
      return layer.terms.map((term) => term.input)
    case 'reindex':
      return layer.inputs
    case 'matMul':
      return [layer.left, layer.right]
    default:
      return [layer.input]
  }
}

/**
 * A model input: integers lo … lo + 2^bits - 1, so that a range check of `bits` bits is exact. `scales` and `lows`
 * have one entry for all elements, or one for each of an inference: columns of a table differ in what they measure.
 */
export interface QInput {
  readonly name: string
  readonly tensor: TensorId
  readonly shape: Shape
  readonly scales: readonly number[]
  readonly lows: readonly number[]
  readonly bits: number
}

/** The one of `values` that is for `index`: an element of an input, counted through the batch, or a channel. */
export function ofElement<T>(values: readonly T[], index: number): T {
  return values[index % values.length]!
}

/** Softmax, or its logarithm, over the axes from `axis` up to `axisEnd` (exclusive). */
export interface OutputSoftmax {
  readonly kind: 'softmax' | 'logSoftmax'
  readonly axis: number
  readonly axisEnd: number
}

/**
 * What the elements of an output are. `values`: real numbers; `scores`: real numbers whose largest names the class;
 * `class`: the index of the largest score; `classes`: the indices of the largest, best first; `flags`: 1 where a
 * real number is at least `threshold`, else 0.
 */
export type OutputMeaning =
  | { readonly kind: 'values' | 'scores' | 'class' | 'classes' }
  | { readonly kind: 'flags'; readonly threshold: number }

/** A model output; `activation` is applied to the real values outside the circuit. */
export interface QOutput {
  readonly name: string
  readonly tensor: TensorId
  readonly shape: Shape
  readonly scale: number
  readonly activation: OutputSoftmax | null
  readonly meaning: OutputMeaning
}

/**
 * Tensors and layers are those of one inference. A model with a batch of N answers N inputs at once: its inputs and
 * outputs hold N inferences one after the other, with N as a leading axis of their shapes.
 */
export interface QModel {
  readonly name: string
  readonly batch: number
  readonly inputs: readonly QInput[]
  readonly outputs: readonly QOutput[]
  readonly tensors: readonly QTensor[]
  readonly layers: readonly QLayer[]
}

/** Width in bits of the non-negative integer `value`: 0 for 0, 8 for 255. Exact below 2^53. */
export function bitLength(value: number): number {
  let bits = 0
  for (let rest = value; rest >= 1; rest = Math.floor(rest / 2)) bits++
  return bits
}
