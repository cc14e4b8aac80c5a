/**
 * The float IR: a small set of operators that ONNX is imported into. Shapes keep ONNX's leading batch axis,
 * which is 1. Nodes stand in topological order and are discriminated by `kind`.
 */

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

/** Sum with a constant already expanded to the value's shape. */
export interface AddConstantNode extends UnaryNode {
  readonly kind: 'addConstant'
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

/** Softmax over `axis` and all axes after it up to `axisEnd` (exclusive); always the last node. */
export interface SoftmaxNode extends UnaryNode {
  readonly kind: 'softmax'
  readonly axis: number
  readonly axisEnd: number
}

/** Index of the largest element along `axis`; of a tie the lowest, or the last where `selectLast`. */
export interface ArgMaxNode extends UnaryNode {
  readonly kind: 'argMax'
  readonly axis: number
  readonly keepAxis: boolean
  readonly selectLast: boolean
}

export type GraphNode =
  | ConvNode
  | DenseNode
  | AddNode
  | AddConstantNode
  | AffineNode
  | ReluNode
  | MaxPoolNode
  | AveragePoolNode
  | ReshapeNode
  | TransposeNode
  | PadNode
  | BroadcastNode
  | SoftmaxNode
  | ArgMaxNode

export type NodeKind = GraphNode['kind']

/** The names of the values that a node reads. */
export function nodeInputs(node: GraphNode): readonly string[] {
  return node.kind === 'add' ? node.inputs : [node.input]
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
