/** What a proof gives away: the outputs themselves, or less, as a rewriting of the float graph. */
import { ZkserveError } from '#circuits/errors.js'
import { type Graph, type GraphNode, type NamedShape, sizeOf } from '#circuits/graph/graph.js'
import { dropNoOps } from '#circuits/graph/passes/drop-no-ops.js'
import { withInputs, withNodes } from '#circuits/graph/passes/rebuild.js'
import { removeDeadNodes } from '#circuits/graph/passes/remove-dead-nodes.js'
import { verifyGraph } from '#circuits/graph/verify.js'
import type { OutputMeaning } from '#circuits/qmodel/qmodel.js'
import type { OutputMode } from '#circuits/quantise/options.js'

/** A graph that ends in what is given away. */
export interface AnswerGraph {
  readonly graph: Graph
  /** Bound that the first output is still to be compared with, in its own terms, and the user's bound. */
  readonly threshold: { readonly bound: number; readonly asked: number } | null
}

/** What the elements of an output of a float graph are; a vector that no function closes holds scores. */
export function meaningOf(graph: Graph, output: NamedShape): OutputMeaning {
  const source = sourceOf(graph, output.name)
  switch (source?.kind) {
    case 'argMax':
      return { kind: 'class' }
    case 'topK':
      return { kind: source.part === 'indices' ? 'classes' : 'values' }
    case 'softmax':
      return { kind: 'scores' }
    case 'relu':
    case 'clip':
    case 'elementwise':
    case 'quantise':
    case undefined:
      return { kind: 'values' }
    default: {
      const axes = output.shape.filter((length) => length > 1)
      // What is as long as a long input is a reconstruction of it.
      const size = sizeOf(output.shape)
      const isLikeInput = size > 10 && graph.inputs.some(({ shape }) => sizeOf(shape) === size)
      return { kind: axes.length === 1 && !isLikeInput ? 'scores' : 'values' }
    }
  }
}

/**
 * The graph whose output is what `mode` gives away. A Softmax or Sigmoid at the end is dropped where only the order
 * of scores counts.
 * @throws ZkserveError `USAGE` where the model has no such answer, `UNSUPPORTED_SHAPE` for a Softmax by rows
 */
export function answerGraph(graph: Graph, mode: OutputMode): AnswerGraph {
  if (mode === 'logits') return { graph, threshold: null }
  const [kind, parameter] = mode.split(':') as ['argmax' | 'topk' | 'threshold', string | undefined]
  const output = answered(graph, kind)
  const meaning = meaningOf(graph, output).kind
  if (kind === 'argmax' && meaning === 'class') return { graph, threshold: null }
  if (meaning === 'class' || meaning === 'classes')
    throw new ZkserveError('USAGE', `output "${output.name}" is a class already: use --output logits`)
  const { nodes, scores, answer } = freed(graph, output)
  if (kind === 'threshold') {
    const asked = Number(parameter)
    const open = beforeClosing(graph, nodes, scores, asked)
    const last: GraphNode = { ...reshape(answer), input: open.scores, shape: output.shape }
    return { graph: ended(graph, [...nodes, last], answer), threshold: { bound: open.bound, asked } }
  }
  const size = sizeOf(output.shape)
  const flat = fresh(graph, `${answer}_flat`)
  const { scores: input } = beforeClosing(graph, nodes, scores, null)
  const row: GraphNode = { ...reshape(flat), input, shape: [1, size] }
  const common = { input: flat, output: answer }
  const last: GraphNode =
    kind === 'argmax'
      ? {
          kind: 'argMax',
          ...{ name: `${answer}_class`, operator: 'ArgMax', ...common },
          ...{ axis: 1, keepAxis: false, selectLast: false },
        }
      : {
          kind: 'topK',
          ...{ name: `${answer}_classes`, operator: 'TopK', ...common },
          ...{ count: countOf(parameter, size), part: 'indices' },
        }
  return { graph: ended(graph, [...nodes, row, last], answer), threshold: null }
}

/** Scores before what closes them, and a bound in their terms. */
interface Open {
  readonly scores: string
  readonly bound: number
}

/** The only output; a threshold takes the first. */
function answered(graph: Graph, kind: string): NamedShape {
  const [first, ...others] = graph.outputs
  if (first !== undefined && (others.length === 0 || kind === 'threshold')) return first
  throw new ZkserveError(
    'USAGE',
    `${kind} output needs a model with one output, this one has ${graph.outputs.length}`,
    { hints: ['Export the scores alone, or use --output logits.'] },
  )
}

/** Frees the name of an output for the answer. */
function freed(
  graph: Graph,
  { name }: NamedShape,
): { readonly nodes: readonly GraphNode[]; readonly scores: string; readonly answer: string } {
  if (graph.inputs.some((input) => input.name === name))
    return { nodes: graph.nodes, scores: name, answer: fresh(graph, `${name}_answer`) }
  const scores = fresh(graph, `${name}_scores`)
  const rename = (value: string) => (value === name ? scores : value)
  const nodes = graph.nodes.map((node) => ({ ...withInputs(node, rename), output: rename(node.output) }))
  return { nodes, scores, answer: name }
}

function fresh(graph: Graph, name: string): string {
  let free = name
  while (graph.shapes.has(free)) free += '_'
  return free
}

/** The scores before a closing Softmax or Sigmoid, and the bound that they are compared with. */
function beforeClosing(graph: Graph, nodes: readonly GraphNode[], value: string, bound: number | null): Open {
  const node = nodes.find(({ output }) => output === value)
  if (node?.kind === 'reshape') return beforeClosing(graph, nodes, node.input, bound)
  if (node?.kind === 'softmax') {
    if (bound !== null) {
      throw new ZkserveError('USAGE', 'the model ends in a Softmax, which is no part of the circuit', {
        hints: ['Use --output argmax or topk:K, or export the scores without Softmax.'],
      })
    }
    const shape = graph.shapes.get(node.input)!
    if (sizeOf(shape.slice(node.axis, node.axisEnd)) === sizeOf(shape))
      return { scores: node.input, bound: 0 }
    throw new ZkserveError('UNSUPPORTED_SHAPE', `Softmax "${node.name}" has several rows, a class needs one`)
  }
  if (node?.kind !== 'elementwise' || node.functions.some(({ name }) => name !== 'sigmoid'))
    return { scores: value, bound: bound ?? 0 }
  if (bound === null) return { scores: node.input, bound: 0 }
  if (bound > 0 && bound < 1) return { scores: node.input, bound: Math.log(bound / (1 - bound)) }
  throw new ZkserveError('USAGE', `the model ends in a Sigmoid: a threshold of ${bound} is never crossed`, {
    hints: ['Give a threshold between 0 and 1.'],
  })
}

function countOf(parameter: string | undefined, size: number): number {
  const count = Number(parameter)
  if (Number.isSafeInteger(count) && count >= 1 && count <= size) return count
  throw new ZkserveError('USAGE', `topk:${parameter} needs a number from 1 to the ${size} scores`)
}

function reshape(output: string) {
  return { kind: 'reshape', name: output, operator: 'Reshape', output } as const
}

/** The graph with one output, without what that does not need. */
function ended(graph: Graph, nodes: readonly GraphNode[], output: string): Graph {
  const rebuilt = withNodes(graph, nodes)
  const outputs = [{ name: output, shape: rebuilt.shapes.get(output)! }]
  const result = dropNoOps(removeDeadNodes({ ...rebuilt, outputs }))
  verifyGraph(result)
  return result
}

/** The node that makes a value, but for changes of shape. */
function sourceOf(graph: Graph, value: string): GraphNode | undefined {
  const node = graph.nodes.find(({ output }) => output === value)
  return node?.kind === 'reshape' ? sourceOf(graph, node.input) : node
}
