/**
 * Nodes between the inputs of an ONNX node and its output. Each function takes names of values, constants included,
 * and returns the name of the value it makes; {@link finish} gives the last one the name of the output.
 */
import { type GraphNode, type Shape, sizeOf } from '#circuits/graph/graph.js'
import { sameShape } from '#circuits/graph/shapes.js'
import { reshapeConstant } from '#circuits/import/constant.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'

/** A node without what the call knows of it. */
type NodeBody<Node extends GraphNode = GraphNode> = Node extends GraphNode
  ? Omit<Node, 'name' | 'operator' | 'output'>
  : never

/** Adds a node that makes an inner value. */
export function addStep(call: OperatorCall, body: NodeBody): string {
  const output = call.innerValue(body.kind)
  call.builder.addNode({ ...call.base, output, ...body } as GraphNode)
  return output
}

/** Names a value as an output of the call; the pass that drops no-ops removes the node again. */
export function finish(call: OperatorCall, name: string, output: string = call.output): void {
  shapeAs(call, name, call.builder.shapeOf(name), output)
}

/** The value in another shape of the same size; a constant stays one, of its type. */
export function reshapeStep(call: OperatorCall, name: string, shape: Shape): string {
  if (sameShape(call.builder.shapeOf(name), shape)) return name
  const output = call.innerValue('reshape')
  shapeAs(call, name, shape, output)
  return output
}

function shapeAs(call: OperatorCall, name: string, shape: Shape, output: string): void {
  const constant = call.builder.constant(name)
  if (constant !== null) call.builder.addConstant(output, reshapeConstant(constant, shape))
  else call.builder.addNode({ ...call.base, kind: 'reshape', input: name, output, shape })
}

/** The value with its axes in another order. */
export function transposeStep(call: OperatorCall, name: string, permutation: readonly number[]): string {
  if (permutation.every((axis, index) => axis === index)) return name
  return addStep(call, { kind: 'transpose', input: name, permutation })
}

/** The value broadcast to a shape that it fits. */
export function expandStep(call: OperatorCall, name: string, shape: Shape): string {
  const from = call.builder.shapeOf(name)
  if (sameShape(from, shape)) return name
  // Axes of length 1 alone are no broadcast.
  if (sizeOf(from) === sizeOf(shape)) return reshapeStep(call, name, shape)
  return addStep(call, { kind: 'broadcast', input: name, shape })
}
