import { type Graph, type GraphNode, sizeOf } from '#circuits/graph/graph.js'
import type { QLayer, QModel } from '#circuits/qmodel/qmodel.js'

/** A layer and the value of the float graph that its output stands for. */
export interface Counterpart {
  readonly layer: QLayer
  readonly node: GraphNode
}

/** Gives every node a name of its own: integer layers are told apart by the names of their nodes. */
export function withUniqueNames(graph: Graph): Graph {
  const taken = new Set<string>()
  const nodes = graph.nodes.map((node) => {
    let name = node.name
    for (let count = 2; taken.has(name); count++) name = `${node.name}_${count}`
    taken.add(name)
    return name === node.name ? node : { ...node, name }
  })
  return { ...graph, nodes }
}

/** Layers that end a node's work, in order: the last of the node's name, where it has the size of the node's value. */
export function counterparts(graph: Graph, model: QModel): Counterpart[] {
  const last = new Map(model.layers.map((layer) => [layer.name, layer]))
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]))
  return model.layers.flatMap((layer) => {
    const node = nodes.get(layer.name)
    if (node === undefined || last.get(layer.name) !== layer) return []
    const size = sizeOf(model.tensors[layer.output]!.shape)
    return sizeOf(graph.shapes.get(node.output)!) === size ? [{ layer, node }] : []
  })
}
