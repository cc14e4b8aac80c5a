import { ZkserveError } from '#circuits/errors.js'
import {
  type FloatTensor,
  type Graph,
  type GraphNode,
  nodeInputs,
  type Shape,
  sizeOf,
} from '#circuits/graph/graph.js'
import { scalarFunctions } from '#circuits/graph/kernels/scalar-functions.js'
import { formatShape, inferShape, sameShape } from '#circuits/graph/shapes.js'
import { type NodeTable, visitNode } from '#circuits/graph/visit.js'

/**
 * Checks every rule of the float IR: unique values in topological order, shapes as inferred, finite and
 * well-shaped weights, outputs that exist, Softmax last. Run after import and after each pass.
 * Throws `INVALID_GRAPH`, or `UNSUPPORTED_SHAPE` where operands do not fit.
 */
export function verifyGraph(graph: Graph): void {
  const shapes = new Map<string, Shape>()
  const last = new Map<string, GraphNode>()
  const define = (name: string, shape: Shape): void => {
    if (name === '') refuse('a value has no name')
    if (shapes.has(name)) refuse(`value "${name}" is defined twice`)
    if (!isShape(shape)) refuse(`value "${name}" has an invalid shape ${formatShape(shape)}`)
    const declared = graph.shapes.get(name)
    if (declared === undefined) refuse(`value "${name}" has no shape`)
    if (!sameShape(declared, shape)) {
      refuse(`value "${name}" is declared ${formatShape(declared)} but is ${formatShape(shape)}`)
    }
    shapes.set(name, shape)
  }
  for (const input of graph.inputs) define(input.name, input.shape)
  for (const node of graph.nodes) {
    visitNode(nodeRules, node)
    const inputs = nodeInputs(node).map((name) => {
      const reader = last.get(name)
      if (reader !== undefined) refuse(`${reader.operator} "${reader.name}" is not the last node`)
      return shapes.get(name) ?? refuse(`${node.operator} "${node.name}" reads "${name}" before it is made`)
    })
    define(node.output, inferShape(node, inputs))
    if (node.kind === 'softmax') last.set(node.output, node)
  }
  verifyOutputs(graph, shapes)
}

function verifyOutputs(graph: Graph, shapes: ReadonlyMap<string, Shape>): void {
  if (graph.inputs.length === 0) refuse('the graph has no input')
  if (graph.outputs.length === 0) refuse('the graph has no output')
  const names = new Set<string>()
  for (const { name, shape } of graph.outputs) {
    if (names.has(name)) refuse(`output "${name}" is listed twice`)
    names.add(name)
    const made = shapes.get(name) ?? refuse(`output "${name}" is made by no node`)
    if (!sameShape(made, shape)) refuse(`output "${name}" is ${formatShape(made)}, not ${formatShape(shape)}`)
  }
  if (graph.shapes.size !== shapes.size) refuse('the graph lists shapes of values that it does not have')
}

function refuse(message: string): never {
  throw new ZkserveError('INVALID_GRAPH', message)
}

function isShape(shape: Shape): boolean {
  return shape.every((length) => Number.isSafeInteger(length) && length >= 1) && sizeOf(shape) < 2 ** 31
}

function verifyTensor(node: GraphNode, what: string, tensor: FloatTensor, rank: number | null): void {
  const where = `the ${what} of ${node.operator} "${node.name}"`
  if (!isShape(tensor.shape) || (rank !== null && tensor.shape.length !== rank)) {
    refuse(`${where} has an invalid shape ${formatShape(tensor.shape)}`)
  }
  if (tensor.data.length !== sizeOf(tensor.shape)) {
    refuse(`${where} holds ${tensor.data.length} numbers, shape ${formatShape(tensor.shape)} needs others`)
  }
  const at = tensor.data.findIndex((value) => !Number.isFinite(value))
  if (at >= 0) refuse(`${where} holds ${tensor.data[at]} at index ${at}: weights must be finite`)
}

function verifyIntegers(node: GraphNode, what: string, values: readonly number[], minimum: number): void {
  const bad = values.find((value) => !(Number.isSafeInteger(value) && value >= minimum && value < 2 ** 31))
  if (bad !== undefined)
    refuse(`${node.operator} "${node.name}" has ${what} ${bad}, below ${minimum} or no integer`)
}

function verifyBias(node: GraphNode, bias: FloatTensor | null, outputs: number): void {
  if (bias === null) return
  verifyTensor(node, 'bias', bias, 1)
  if (bias.data.length !== outputs) {
    refuse(`${node.operator} "${node.name}" has ${bias.data.length} biases for ${outputs} outputs`)
  }
}

function verifyWindow(node: GraphNode & { readonly kind: 'conv' | 'maxPool' | 'averagePool' }): void {
  verifyIntegers(node, 'a kernel length', node.window.kernel, 1)
  verifyIntegers(node, 'a stride', node.window.strides, 1)
  verifyIntegers(node, 'a dilation', node.window.dilations, 1)
  verifyIntegers(node, 'a pad', node.window.pads, 0)
}

function verifyFinite(node: GraphNode, values: readonly number[]): void {
  const bad = values.find((value) => !Number.isFinite(value))
  if (bad !== undefined) refuse(`${node.operator} "${node.name}" holds ${bad}: parameters must be finite`)
}

const nothing = (): void => {}

const nodeRules: NodeTable<[], void> = {
  conv(node) {
    verifyWindow(node)
    verifyTensor(node, 'weight', node.weight, 4)
    if (!sameShape(node.weight.shape.slice(2), node.window.kernel)) {
      refuse(`Conv "${node.name}" has a weight ${formatShape(node.weight.shape)} of another kernel size`)
    }
    verifyBias(node, node.bias, node.weight.shape[0]!)
    verifyIntegers(node, 'a group count', [node.groups], 1)
  },
  dense(node) {
    verifyTensor(node, 'weight', node.weight, 2)
    verifyBias(node, node.bias, node.weight.shape[0]!)
  },
  add: nothing,
  addConstant: (node) => verifyTensor(node, 'constant', node.constant, null),
  multiply: nothing,
  multiplyConstant: (node) => verifyTensor(node, 'constant', node.constant, null),
  matMul: nothing,
  affine(node) {
    verifyTensor(node, 'scale', node.scale, 1)
    verifyTensor(node, 'offset', node.offset, 1)
    if (node.scale.data.length !== node.offset.data.length) {
      refuse(`${node.operator} "${node.name}" has scale and offset of different lengths`)
    }
  },
  relu: nothing,
  clip(node) {
    verifyFinite(node, [node.low ?? 0, node.high ?? 0])
    if (node.low !== null && node.high !== null && node.low > node.high) {
      refuse(`${node.operator} "${node.name}" clips to [${node.low}, ${node.high}]`)
    }
  },
  elementwise(node) {
    for (const { name, parameters } of node.functions) {
      if (!Object.hasOwn(scalarFunctions, name))
        refuse(`${node.operator} "${node.name}" has no function "${name}"`)
      verifyFinite(node, parameters)
    }
  },
  quantise(node) {
    verifyFinite(node, [node.scale])
    if (!(node.scale > 0)) refuse(`${node.operator} "${node.name}" has scale ${node.scale}`)
    if (!(Number.isSafeInteger(node.low) && Number.isSafeInteger(node.high) && node.low < node.high)) {
      refuse(`${node.operator} "${node.name}" rounds to [${node.low}, ${node.high}]`)
    }
  },
  maxPool: verifyWindow,
  averagePool: verifyWindow,
  reshape: nothing,
  transpose: nothing,
  pad(node) {
    verifyIntegers(node, 'a pad', [...node.before, ...node.after], 0)
    verifyFinite(node, [node.value])
  },
  broadcast: nothing,
  gather: (node) => verifyFinite(node, [node.fill]),
  concat(node) {
    if (node.inputs.length === 0) refuse(`${node.operator} "${node.name}" joins nothing`)
    verifyIntegers(node, 'an axis', [node.axis], 0)
  },
  softmax: nothing,
  argMax: nothing,
  topK: (node) => verifyIntegers(node, 'a count', [node.count], 1),
  treeEnsemble(node) {
    verifyTensor(node, 'leaves', node.leaves, 2)
    verifyTensor(node, 'base', node.base, 1)
    const [leaves, outputs] = node.leaves.shape as readonly [number, number]
    if (outputs !== node.base.data.length)
      refuse(`${node.operator} "${node.name}" has leaves of another width`)
    // A child stands behind its parent, so that walks end.
    const isChild = (child: number, parent: number): boolean =>
      Number.isInteger(child) &&
      (child >= 0 ? child > parent && child < node.decisions.length : -1 - child < leaves)
    const sound =
      node.roots.every((root) => isChild(root, -1)) &&
      node.decisions.every(({ yes, no }, at) => isChild(yes, at) && isChild(no, at))
    if (!sound) refuse(`${node.operator} "${node.name}" has a branch that leads nowhere`)
    verifyFinite(
      node,
      node.decisions.map(({ threshold }) => threshold),
    )
    verifyIntegers(
      node,
      'a feature',
      node.decisions.map(({ feature }) => feature),
      0,
    )
  },
}
