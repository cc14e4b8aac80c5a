import { ZkserveError } from '#circuits/errors.js'
import {
  type AddConstantNode,
  type GraphNode,
  type MultiplyConstantNode,
  type Shape,
  sizeOf,
  type Window,
} from '#circuits/graph/graph.js'
import { type NodeTable, visitNode } from '#circuits/graph/visit.js'
import { everyWindowHoldsData, windowAxis, windowLimit, windowPositions } from '#circuits/graph/window.js'

/** A shape as people write it: `[1, 28, 28]`. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`
}

/** Whether two shapes are the same, axis by axis. */
export function sameShape(left: Shape, right: Shape): boolean {
  return left.length === right.length && left.every((length, axis) => length === right[axis])
}

/** The shape that two operands are broadcast to (NumPy's rule), or null where they do not fit. */
export function broadcastShape(left: Shape, right: Shape): Shape | null {
  const rank = Math.max(left.length, right.length)
  const shape: number[] = []
  for (let axis = 0; axis < rank; axis++) {
    const a = left[left.length - rank + axis] ?? 1
    const b = right[right.length - rank + axis] ?? 1
    if (a !== b && a !== 1 && b !== 1) return null
    shape.push(a === 1 ? b : a)
  }
  return shape
}

/**
 * The shape of a node's output from the shapes of its inputs.
 * Throws `UNSUPPORTED_SHAPE` where operands do not fit each other.
 */
export function inferShape(node: GraphNode, inputs: readonly Shape[]): Shape {
  return visitNode(rules, node, inputs)
}

function refuse(node: GraphNode, reason: string): never {
  throw new ZkserveError('UNSUPPORTED_SHAPE', `${node.operator} "${node.name}" ${reason}`, {
    details: { node: node.name, operator: node.operator },
  })
}

function sameAsInput(_node: GraphNode, inputs: readonly Shape[]): Shape {
  return inputs[0]!
}

function sameShapes(node: GraphNode, inputs: readonly Shape[]): Shape {
  const [left, right] = inputs as readonly [Shape, Shape]
  if (!sameShape(left, right)) {
    refuse(node, `combines shapes that do not fit: ${formatShape(left)} and ${formatShape(right)}`)
  }
  return left
}

function sameAsConstant(node: AddConstantNode | MultiplyConstantNode, inputs: readonly Shape[]): Shape {
  return sameShapes(node, [inputs[0]!, node.constant.shape])
}

function requireImage(node: GraphNode, shape: Shape): readonly [number, number, number, number] {
  const [batch, channels, height, width] = shape
  if (shape.length !== 4 || batch !== 1) {
    refuse(node, `needs an input [1, channels, height, width], got ${formatShape(shape)}`)
  }
  return [batch!, channels!, height!, width!]
}

function windowShape(node: GraphNode, window: Window, height: number, width: number): [number, number] {
  const numbers = [...window.kernel, ...window.strides, ...window.dilations, ...window.pads]
  if (numbers.some((number) => number > windowLimit)) refuse(node, `has a window beyond ${windowLimit}`)
  const rows = windowPositions(windowAxis(window, 0), height)
  const columns = windowPositions(windowAxis(window, 1), width)
  if (!(rows >= 1 && columns >= 1)) {
    refuse(
      node,
      `has a window ${formatShape(window.kernel)} larger than its padded input [${height}, ${width}]`,
    )
  }
  return [rows, columns]
}

function poolShape(node: GraphNode & { readonly window: Window }, inputs: readonly Shape[]): Shape {
  const [batch, channels, height, width] = requireImage(node, inputs[0]!)
  const shape = windowShape(node, node.window, height, width)
  const holdsData =
    everyWindowHoldsData(windowAxis(node.window, 0), height) &&
    everyWindowHoldsData(windowAxis(node.window, 1), width)
  if (!holdsData) refuse(node, 'has a window that holds nothing but padding')
  return [batch, channels, ...shape]
}

const rules: NodeTable<[inputs: readonly Shape[]], Shape> = {
  conv(node, inputs) {
    const [batch, channels, height, width] = requireImage(node, inputs[0]!)
    const [outputs, perGroup] = node.weight.shape as readonly [number, number]
    if (channels !== perGroup * node.groups || outputs % node.groups !== 0) {
      const weight = formatShape(node.weight.shape)
      refuse(
        node,
        `has a weight ${weight} in ${node.groups} groups that does not fit ${channels} input channels`,
      )
    }
    return [batch, outputs, ...windowShape(node, node.window, height, width)]
  },
  dense(node, inputs) {
    const shape = inputs[0]!
    const [outputs, columns] = node.weight.shape as readonly [number, number]
    if (shape.at(-1) !== columns) {
      refuse(node, `needs ${columns} elements on the last axis, got ${formatShape(shape)}`)
    }
    return [...shape.slice(0, -1), outputs]
  },
  add: sameShapes,
  addConstant: sameAsConstant,
  multiply: sameShapes,
  multiplyConstant: sameAsConstant,
  matMul(node, inputs) {
    const [left, right] = inputs as readonly [Shape, Shape]
    const fits =
      left.length >= 2 &&
      sameShape(left.slice(0, -2), right.slice(0, -2)) &&
      left.length === right.length &&
      left.at(-1) === right.at(-2)
    if (!fits)
      refuse(node, `multiplies shapes that do not fit: ${formatShape(left)} and ${formatShape(right)}`)
    return [...left.slice(0, -1), right.at(-1)!]
  },
  affine(node, inputs) {
    const shape = inputs[0]!
    const channels = node.scale.data.length
    if (shape[0] !== 1 || shape[1] !== channels) {
      refuse(node, `needs an input [1, ${channels}, …], got ${formatShape(shape)}`)
    }
    return shape
  },
  relu: sameAsInput,
  clip: sameAsInput,
  elementwise(node, inputs) {
    const shape = inputs[0]!
    const count = node.functions.length
    if (count !== 1 && count !== shape[1]) {
      refuse(node, `has ${count} functions for the channels of ${formatShape(shape)}`)
    }
    return shape
  },
  quantise: sameAsInput,
  maxPool: poolShape,
  averagePool: poolShape,
  reshape(node, inputs) {
    const shape = inputs[0]!
    if (sizeOf(shape) !== sizeOf(node.shape)) {
      refuse(node, `cannot shape ${formatShape(shape)} as ${formatShape(node.shape)}`)
    }
    return node.shape
  },
  transpose(node, inputs) {
    const shape = inputs[0]!
    const sorted = node.permutation.toSorted((a, b) => a - b)
    if (sorted.length !== shape.length || sorted.some((axis, index) => axis !== index)) {
      refuse(
        node,
        `has a permutation ${formatShape(node.permutation)} that does not fit ${formatShape(shape)}`,
      )
    }
    return node.permutation.map((axis) => shape[axis]!)
  },
  pad(node, inputs) {
    const shape = inputs[0]!
    if (node.before.length !== shape.length || node.after.length !== shape.length) {
      refuse(node, `pads ${node.before.length} axes of an input ${formatShape(shape)}`)
    }
    return shape.map((length, axis) => node.before[axis]! + length + node.after[axis]!)
  },
  broadcast(node, inputs) {
    const shape = inputs[0]!
    const result = broadcastShape(shape, node.shape)
    if (result === null || !sameShape(result, node.shape)) {
      refuse(node, `cannot broadcast ${formatShape(shape)} to ${formatShape(node.shape)}`)
    }
    return node.shape
  },
  gather(node, inputs) {
    const size = sizeOf(inputs[0]!)
    if (
      node.indices.length !== sizeOf(node.shape) ||
      node.indices.some((index) => index < -1 || index >= size)
    ) {
      refuse(node, `cannot pick ${formatShape(node.shape)} out of ${formatShape(inputs[0]!)}`)
    }
    return node.shape
  },
  concat(node, inputs) {
    const [first, ...others] = inputs as [Shape, ...Shape[]]
    const fits = (shape: Shape): boolean =>
      shape.length === first.length &&
      shape.every((length, axis) => axis === node.axis || length === first[axis])
    if (!(node.axis >= 0 && node.axis < first.length) || !others.every(fits)) {
      refuse(node, `joins shapes that do not fit: ${inputs.map(formatShape).join(', ')} on axis ${node.axis}`)
    }
    return first.with(
      node.axis,
      inputs.reduce((sum, shape) => sum + shape[node.axis]!, 0),
    )
  },
  softmax(node, inputs) {
    const shape = inputs[0]!
    if (!(node.axis >= 0 && node.axis < node.axisEnd && node.axisEnd <= shape.length)) {
      refuse(node, `has axis ${node.axis}, outside of ${formatShape(shape)}`)
    }
    return shape
  },
  argMax(node, inputs) {
    const shape = inputs[0]!
    if (!(node.axis >= 0 && node.axis < shape.length)) {
      refuse(node, `has axis ${node.axis}, outside of ${formatShape(shape)}`)
    }
    return node.keepAxis ? shape.with(node.axis, 1) : shape.toSpliced(node.axis, 1)
  },
  topK(node, inputs) {
    const shape = inputs[0]!
    if (!(node.count >= 1 && node.count <= (shape.at(-1) ?? 0))) {
      refuse(node, `picks ${node.count} elements from the last axis of ${formatShape(shape)}`)
    }
    return shape.with(-1, node.count)
  },
  treeEnsemble(node, inputs) {
    const shape = inputs[0]!
    const features = node.decisions.reduce((most, { feature }) => Math.max(most, feature + 1), 0)
    if (shape.length !== 2 || shape[0] !== 1 || shape[1]! < features) {
      refuse(
        node,
        `needs an input [1, features] with ${features} features or more, got ${formatShape(shape)}`,
      )
    }
    return [1, node.base.data.length]
  },
}
