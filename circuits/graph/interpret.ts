import { ZkserveError } from '#circuits/errors.js'
import { evaluateNode } from '#circuits/graph/evaluate.js'
import { type FloatTensor, type Graph, nodeInputs } from '#circuits/graph/graph.js'
import { formatShape, sameShape } from '#circuits/graph/shapes.js'

export interface InterpretOptions {
  /** Return every value by name, inputs and intermediates too; otherwise the graph's outputs alone. */
  readonly allValues?: boolean
}

/**
 * Runs a graph in float32 on one set of inputs, by input name and in the graph's shapes.
 * Tensors of the result may share memory with each other and with the inputs: read them, do not write.
 * Throws `INVALID_INPUT` where an input is missing or has another shape.
 */
export function interpretGraph(
  graph: Graph,
  inputs: ReadonlyMap<string, FloatTensor>,
  options: InterpretOptions = {},
): Map<string, FloatTensor> {
  const values = new Map<string, FloatTensor>()
  for (const { name, shape } of graph.inputs) {
    const tensor = inputs.get(name)
    if (tensor === undefined) throw new ZkserveError('INVALID_INPUT', `input "${name}" is missing`)
    if (!sameShape(tensor.shape, shape)) {
      const got = formatShape(tensor.shape)
      throw new ZkserveError('INVALID_INPUT', `input "${name}" needs shape ${formatShape(shape)}, got ${got}`)
    }
    values.set(name, tensor)
  }
  for (const node of graph.nodes) {
    const tensors = nodeInputs(node).map((name) => values.get(name)!)
    values.set(node.output, evaluateNode(node, tensors, graph.shapes.get(node.output)!))
  }
  if (options.allValues === true) return values
  return new Map(graph.outputs.map(({ name }) => [name, values.get(name)!]))
}
