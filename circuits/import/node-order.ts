import { ZkserveError } from '#circuits/errors.js'
import type { GraphMessage, NodeMessage } from '#circuits/import/messages.js'

/** A node of the file with the name by which messages call it. */
export interface NamedNode {
  readonly name: string
  readonly message: NodeMessage
}

/**
 * The nodes that the outputs depend on, each after those it reads.
 * Throws `INVALID_GRAPH` for values made twice or by nobody, and for cycles.
 */
export function orderNodes(graph: GraphMessage): readonly NamedNode[] {
  const nodes = graph.node.map((message, index) => ({
    name: message.name === '' ? `${message.opType}_${index}` : message.name,
    message,
  }))
  const given = new Set([...graph.input, ...graph.initializer].map(({ name }) => name))
  const makers = new Map<string, NamedNode>()
  for (const node of nodes) {
    for (const value of node.message.output) {
      if (value === '') continue
      if (given.has(value) || makers.has(value)) refuse(`value "${value}" is made twice`)
      makers.set(value, node)
    }
  }
  for (const { name, message } of nodes) {
    const missing = message.input.find((value) => value !== '' && !given.has(value) && !makers.has(value))
    if (missing !== undefined) refuse(`${message.opType} "${name}" reads "${missing}", which nothing makes`)
  }
  const live = new Set<NamedNode>()
  for (const { name } of graph.output) {
    const maker = makers.get(name)
    if (maker === undefined) {
      refuse(
        given.has(name) ? `output "${name}" is an input or weight` : `output "${name}" is made by no node`,
      )
    }
    collect(maker, makers, live)
  }
  return [...live]
}

/** Adds a node and what it depends on to `done`, in order. Walks with a stack of its own: files can be deep. */
function collect(root: NamedNode, makers: ReadonlyMap<string, NamedNode>, done: Set<NamedNode>): void {
  const open = new Set<NamedNode>()
  const stack = [{ node: root, next: 0 }]
  while (stack.length > 0) {
    const frame = stack.at(-1)!
    const { node } = frame
    if (done.has(node) && frame.next === 0) {
      stack.pop()
      continue
    }
    open.add(node)
    if (frame.next === node.message.input.length) {
      done.add(node)
      open.delete(node)
      stack.pop()
      continue
    }
    const maker = makers.get(node.message.input[frame.next++]!)
    if (maker === undefined || done.has(maker)) continue
    if (open.has(maker)) refuse(`the nodes form a cycle through "${maker.name}"`)
    stack.push({ node: maker, next: 0 })
  }
}

function refuse(message: string): never {
  throw new ZkserveError('INVALID_GRAPH', message)
}
