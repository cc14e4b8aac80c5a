/**
 * The float IR: a small set of operators that ONNX is imported into. Shapes keep ONNX's leading batch axis,
 * which is 1. Nodes stand in topological order and are discriminated by `kind`.
 */

import type { ScalarFunctionName } from '#circuits/graph/kernels/scalar-functions.js'

export type Shape = readonly number[]

/** A dense tensor in row-major order. */
export interface FloatTensor {
  readonly shape: Shape
  readonly data: Float32Array
}

/** What every node has: names for people, values by name. */
interface NodeBase {
  /** The node's name in the ONNX file, or one made from operator and position. */
  readonly name: string
  /** The ONNX operator it came from. */
  readonly operator: string
  /** The name of the value it makes. */
  readonly output: string
}

interface UnaryNode extends NodeBase {
  readonly input: string
}

export type Pair = readonly [number, number]
/** Padding in ONNX's order: top, left, bottom, right. */
export type Pads = readonly [number, number, number, number]

/** Spatial window of convolutions and pools; `ceil_mode` and `auto_pad` are resolved into `pads` at import. */
export interface Window {
  readonly kernel: Pair
  readonly strides: Pair
  readonly pads: Pads
  readonly dilations: Pair
}

/** 2-D convolution: input [1, C, H, W], weight [O, C/groups, kH, kW], bias [O]. */
export interface ConvNode extends UnaryNode {
  readonly kind: 'conv'
  readonly weight: FloatTensor
  readonly bias: FloatTensor | null
  readonly window: Window
  readonly groups: number
}

/** y = x·Wᵀ + b over the last axis: input [..., K], weight [N, K], bias [N]. */
export interface DenseNode extends UnaryNode {
  readonly kind: 'dense'
  readonly weight: FloatTensor
  readonly bias: FloatTensor | null
}

/** Sum of two values of one shape. */
export interface AddNode extends NodeBase {
  readonly kind: 'add'
  readonly inputs: readonly [string, string]
}

/** Elementwise product of two values of one shape. */
export interface MultiplyNode extends NodeBase {
  readonly kind: 'multiply'
  readonly inputs: readonly [string, string]
}

/** Product of two computed matrices [..., M, K] and [..., K, N] whose leading axes are the same. */
export interface MatMulNode extends NodeBase {
  readonly kind: 'matMul'
  readonly inputs: readonly [string, string]
}

/** Values one after the other along `axis`. */
export interface ConcatNode extends NodeBase {
  readonly kind: 'concat'
  readonly inputs: readonly string[]
  readonly axis: number
}

/** Sum with a constant already expanded to the value's shape. */
export interface AddConstantNode extends UnaryNode {
  readonly kind: 'addConstant'
  readonly constant: FloatTensor
}

/** Elementwise product with a constant already expanded to the value's shape. */
export interface MultiplyConstantNode extends UnaryNode {
  readonly kind: 'multiplyConstant'
  readonly constant: FloatTensor
}

/** y[c] = scale[c]·x[c] + offset[c] along axis 1: a BatchNormalization with its statistics folded. */
export interface AffineNode extends UnaryNode {
  readonly kind: 'affine'
  readonly scale: FloatTensor
  readonly offset: FloatTensor
}

export interface ReluNode extends UnaryNode {
  readonly kind: 'relu'
}

/** Values below `low` become `low`, values above `high` become `high`; null leaves an end open. */
export interface ClipNode extends UnaryNode {
  readonly kind: 'clip'
  readonly low: number | null
  readonly high: number | null
}

/** A function of one number: `scalarFunctions[name](x, ...parameters)`. */
export interface ScalarFunction {
  readonly name: ScalarFunctionName
  readonly parameters: readonly number[]
}

/** A function of each element: one for all, or one per channel of axis 1. */
export interface ElementwiseNode extends UnaryNode {
  readonly kind: 'elementwise'
  readonly functions: readonly ScalarFunction[]
}

/** y = clamp(round(x / scale), low, high)·scale: a QuantizeLinear seen from the real numbers. */
export interface QuantiseNode extends UnaryNode {
  readonly kind: 'quantise'
  readonly scale: number
  /** Integers: the least and the largest multiple of `scale`. */
  readonly low: number
  readonly high: number
}

/** Maximum over a window; padding never wins. */
export interface MaxPoolNode extends UnaryNode {
  readonly kind: 'maxPool'
  readonly window: Window
}

/** Mean over a window; `countPadding` tells whether padding counts in the divisor. */
export interface AveragePoolNode extends UnaryNode {
  readonly kind: 'averagePool'
  readonly window: Window
  readonly countPadding: boolean
}

/** Flatten, Reshape, Squeeze, Unsqueeze: the same data in another shape. */
export interface ReshapeNode extends UnaryNode {
  readonly kind: 'reshape'
  readonly shape: Shape
}

export interface TransposeNode extends UnaryNode {
  readonly kind: 'transpose'
  readonly permutation: readonly number[]
}

/** Constant padding: `before[i]` and `after[i]` elements on axis i. */
export interface PadNode extends UnaryNode {
  readonly kind: 'pad'
  readonly before: readonly number[]
  readonly after: readonly number[]
  readonly value: number
}

/** Expansion of axes of length 1 to `shape`, as NumPy broadcasting does. */
export interface BroadcastNode extends UnaryNode {
  readonly kind: 'broadcast'
  readonly shape: Shape
}

/** y[i] = x[indices[i]], or `fill` where the index is -1: slices, reversals, repetitions, zeros in between. */
export interface GatherNode extends UnaryNode {
  readonly kind: 'gather'
  readonly shape: Shape
  readonly indices: Int32Array
  readonly fill: number
}

/** Softmax over `axis` and all axes after it up to `axisEnd` (exclusive); always the last node. */
export interface SoftmaxNode extends UnaryNode {
  readonly kind: 'softmax'
  readonly axis: number
  readonly axisEnd: number
  /** Whether its logarithm is meant: LogSoftmax. */
  readonly logarithm?: boolean
}

/** Index of the largest element along `axis`; of a tie the lowest, or the last where `selectLast`. */
export interface ArgMaxNode extends UnaryNode {
  readonly kind: 'argMax'
  readonly axis: number
  readonly keepAxis: boolean
  readonly selectLast: boolean
}

/** The `count` largest elements of the last axis, in descending order, or their indices; of a tie the lowest first. */
export interface TopKNode extends UnaryNode {
  readonly kind: 'topK'
  readonly count: number
  readonly part: 'values' | 'indices'
}

/** x[feature] ≤ threshold leads to `yes`, else to `no`: the index of a decision, or -1 - the index of a leaf. */
export interface TreeDecision {
  readonly feature: number
  readonly threshold: number
  readonly yes: number
  readonly no: number
}

/** Sum of trees: input [1, F]; `roots` are decisions or leaves as in {@link TreeDecision}; leaves [leaves, N]; base [N]. */
export interface TreeEnsembleNode extends UnaryNode {
  readonly kind: 'treeEnsemble'
  readonly decisions: readonly TreeDecision[]
  readonly roots: readonly number[]
  readonly leaves: FloatTensor
  readonly base: FloatTensor
}

export type GraphNode =
  | ConvNode
  | DenseNode
  | AddNode
  | AddConstantNode
  | MultiplyNode
  | MultiplyConstantNode
  | MatMulNode
  | AffineNode
  | ReluNode
  | ClipNode
  | ElementwiseNode
  | QuantiseNode
  | MaxPoolNode
  | AveragePoolNode
  | ReshapeNode
  | TransposeNode
  | PadNode
  | BroadcastNode
  | GatherNode
  | ConcatNode
  | SoftmaxNode
  | ArgMaxNode
  | TopKNode
  | TreeEnsembleNode

export type NodeKind = GraphNode['kind']

/** The names of the values that a node reads. */
export function nodeInputs(node: GraphNode): readonly string[] {
  return 'inputs' in node ? node.inputs : [node.input]
}

export interface NamedShape {
  readonly name: string
  readonly shape: Shape
}

/** A float model. `shapes` gives the shape of every value: inputs and node outputs. */
export interface Graph {
  readonly name: string
  /** Opset of the default ONNX domain. */
  readonly opset: number
  readonly inputs: readonly NamedShape[]
  readonly outputs: readonly NamedShape[]
  readonly nodes: readonly GraphNode[]
  readonly shapes: ReadonlyMap<string, Shape>
}

/** Number of elements of a shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1)
}
