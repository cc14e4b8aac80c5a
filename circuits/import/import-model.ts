import { ZkserveError } from '#circuits/errors.js'
import type { Graph } from '#circuits/graph/graph.js'
import { dropNoOps } from '#circuits/graph/passes/drop-no-ops.js'
import { expandSoftmax } from '#circuits/graph/passes/expand-softmax.js'
import { verifyGraph } from '#circuits/graph/verify.js'
import { decodeOnnx } from '#circuits/import/decode.js'
import { GraphBuilder } from '#circuits/import/graph-builder.js'
import { defaultLimits, type ImportLimits, requireWithin } from '#circuits/import/limits.js'
import { type GraphMessage, type ModelMessage, toNumber } from '#circuits/import/messages.js'
import { readModelInputs } from '#circuits/import/model-inputs.js'
import { orderNodes } from '#circuits/import/node-order.js'
import { opsets } from '#circuits/import/operator-row.js'
import { supportedOperators } from '#circuits/import/operator-table.js'
import { readNodes } from '#circuits/import/read-nodes.js'
import { readTensor } from '#circuits/import/tensor.js'
import { type UnsupportedNode, unsupportedError } from '#circuits/import/unsupported.js'

/** What a file asks for: its graph, or the nodes that stand against it. */
export interface OnnxReading {
  readonly opset: number
  /** Null where `unsupported` has entries. */
  readonly graph: Graph | null
  readonly unsupported: readonly UnsupportedNode[]
}

/**
 * Reads an ONNX file into a verified float graph; a symbolic batch axis becomes 1.
 * Throws `INVALID_ONNX`, `MODEL_TOO_LARGE`, `INVALID_GRAPH`, `UNSUPPORTED_SHAPE`, or one
 * `UNSUPPORTED_OPERATOR` whose `details.unsupported` lists every offending node.
 */
export function importOnnx(bytes: Uint8Array, limits: ImportLimits = defaultLimits): Graph {
  const { graph, unsupported } = readOnnx(bytes, limits)
  if (graph === null) throw unsupportedError(unsupported, supportedOperators)
  return graph
}

/** Like {@link importOnnx}, but returns unsupported nodes instead of throwing them. */
export function readOnnx(bytes: Uint8Array, limits: ImportLimits = defaultLimits): OnnxReading {
  const model = decodeOnnx(bytes, limits)
  const { graph } = model
  if (graph === null || graph.node.length === 0) {
    throw new ZkserveError('INVALID_ONNX', 'the file holds no ONNX graph with nodes')
  }
  const opset = readOpset(model)
  const order = orderNodes(graph)
  const builder = new GraphBuilder(limits, valueNames(graph))
  const inputs = readModelInputs(graph, limits).map(({ name, shape, isInteger }) => {
    builder.addInput(name, shape)
    builder.setInteger(name, isInteger)
    return { name, shape }
  })
  addInitializers(graph, builder, limits)
  const unsupported = [...functionsOf(model, opset), ...readNodes(model, order, { builder, limits, opset })]
  const outputNames = graph.output.map(({ name }) => name)
  if (unsupported.length > 0) return { opset, graph: null, unsupported }
  const outputs = outputNames.map((name) => {
    const shape = builder.shapes.get(name)
    if (shape === undefined) throw new ZkserveError('INVALID_GRAPH', `output "${name}" depends on no input`)
    return { name, shape }
  })
  const name = graph.name === '' ? 'model' : graph.name
  const result: Graph = { name, opset, inputs, outputs, nodes: builder.nodes, shapes: builder.shapes }
  const expanded = expandSoftmax(dropNoOps(result))
  // A softmax becomes a dozen nodes.
  requireWithin(limits, 'nodes', expanded.nodes.length)
  return { opset, graph: verified(expanded), unsupported }
}

function verified(graph: Graph): Graph {
  verifyGraph(graph)
  return graph
}

function readOpset(model: ModelMessage): number {
  const own = model.opsetImport.filter(({ domain }) => domain === '' || domain === 'ai.onnx')
  const versions = own.map(({ version }) => toNumber(version))
  if (model.opsetImport.length === 0) {
    throw new ZkserveError('INVALID_ONNX', 'the model does not say its opset')
  }
  // A model of other domains alone, as scikit-learn's trees are, has no node that the version could matter to.
  return versions.length === 0 ? opsets.most : Math.max(...versions)
}

function valueNames(graph: GraphMessage): ReadonlySet<string> {
  return new Set(graph.node.flatMap(({ output }) => output))
}

function addInitializers(graph: GraphMessage, builder: GraphBuilder, limits: ImportLimits): void {
  if (graph.sparseInitializer.length > 0) {
    throw new ZkserveError('INVALID_ONNX', 'the model has sparse initializers, only dense ones are supported')
  }
  for (const tensor of graph.initializer) {
    const what = `initializer "${tensor.name}"`
    if (tensor.name === '') throw new ZkserveError('INVALID_ONNX', 'an initializer has no name')
    builder.addConstant(tensor.name, readTensor(tensor, what, limits))
  }
}

function functionsOf(model: ModelMessage, opset: number): readonly UnsupportedNode[] {
  return model.functions.map(({ name, domain }) => ({
    node: name,
    operator: name,
    domain,
    opset,
    reason: 'is a function of the model, and those are not supported',
  }))
}
