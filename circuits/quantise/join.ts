/** Values one after the other. */
import { type ConcatNode, type Graph, nodeInputs } from '#circuits/graph/graph.js'
import type { Range } from '#circuits/quantise/calibrate.js'
import { type Expression, settledUnit, type TensorExpression } from '#circuits/quantise/expression.js'
import type { Settler, Target } from '#circuits/quantise/settle.js'

interface Term {
  readonly expression: Expression
  readonly range: Range
  readonly name: string
}

export interface Joint {
  readonly node: ConcatNode
  readonly terms: readonly Term[]
  readonly indices: Int32Array
  readonly range: Range
}

/** Kinds that leave elements as they are: what reads them may still take in units of their own. */
const indexMaps: ReadonlySet<string> = new Set(['reshape', 'transpose', 'gather'])

/** Whether all readers of a value are linear nodes whose weights run along the joined axis. */
function weightsTakeUnits(graph: Graph, name: string, axis: number, isMoved = false): boolean {
  if (graph.outputs.some((output) => output.name === name)) return false
  const lastAxis = graph.shapes.get(name)!.length - 1
  return graph.nodes
    .filter((node) => nodeInputs(node).includes(name))
    .every((node) => {
      if (indexMaps.has(node.kind)) return weightsTakeUnits(graph, node.output, axis, true)
      if (node.kind === 'conv') return axis === 1 && !isMoved
      return node.kind === 'dense' && (isMoved || axis === lastAxis)
    })
}

/**
 * Joins values. Where weights follow, each value keeps its unit and the weights take it in; else all are brought to
 * the unit of the whole.
 */
export function joined(settler: Settler, graph: Graph, base: Target, joint: Joint): Expression {
  const { node, terms, indices } = joint
  const own = weightsTakeUnits(graph, node.output, node.axis)
  const tensors = own
    ? terms.map(({ expression, name }) => settler.narrow(expression, name))
    : common(settler, joint)
  const units = tensors.map(({ unit }) => unit)
  const [unit] = units as [number, ...number[]]
  const inputs = tensors.map(({ id }) => id)
  const id = settler.builder.reindexed({ ...base, indices, fill: 0 }, inputs, [unit])
  const { meanSquare } = joint.range
  if (units.every((each) => each === unit)) {
    const wide = tensors.some((tensor) => tensor.wide)
    return { kind: 'tensor', id, unit, meanSquare, wide, window: null, ...base }
  }
  const sources = tensors.flatMap(({ shape }, i) =>
    new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(i),
  )
  const perElement = (values: readonly number[]) => Array.from(indices, (at) => values[sources[at]!]!)
  return {
    kind: 'mixed',
    ...base,
    id,
    units: perElement(units),
    centres: perElement(units.map(() => 0)),
    meanSquares: perElement(tensors.map((tensor) => tensor.meanSquare)),
    windows: null,
  }
}

/** Tensors of one unit: that of the coarsest that has one, or of the range of the whole. */
function common(settler: Settler, { terms, range, node }: Joint): TensorExpression[] {
  const units = terms.map(({ expression }) => settledUnit(expression))
  const [first] = units
  if (first !== null && first !== undefined && units.every((unit) => unit === first)) {
    return terms.map(({ expression, name }) => settler.tensorOf(expression, name))
  }
  const wanted = settler.unitFor(node.output, range)
  const unit = units.reduce<number>(
    (most, each) => (each !== null && each < 2 * wanted ? Math.max(most, each) : most),
    wanted,
  )
  return terms.map(({ expression, name }) => settler.inUnit(expression, name, unit))
}
