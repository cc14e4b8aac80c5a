/** How the weights of a linear layer meet inputs whose elements have units of their own. */
import type { ConvNode, DenseNode } from '#circuits/graph/graph.js'
import type { MixedExpression } from '#circuits/quantise/expression.js'

/** One index of the axis that weights run along. */
export interface Column {
  readonly unit: number
  readonly centre: number
  readonly meanSquare: number
}

/**
 * The columns of a mixed tensor as a linear node sees them, or null where elements of one column differ: those that
 * one weight multiplies must have one unit. A convolution's padding has no centre, so there it must be 0.
 */
export function columnsOf(input: MixedExpression, node: ConvNode | DenseNode): Column[] | null {
  const isConv = node.kind === 'conv'
  const axis = isConv ? 1 : input.shape.length - 1
  const count = input.shape[axis]!
  const stride = input.shape.slice(axis + 1).reduce((product, length) => product * length, 1)
  const columns: Column[] = []
  for (let i = 0; i < input.units.length; i++) {
    const at = Math.floor(i / stride) % count
    const [unit, centre, meanSquare] = [input.units[i]!, input.centres[i]!, input.meanSquares[i]!]
    const known = columns[at]
    if (known === undefined) columns[at] = { unit, centre, meanSquare }
    else if (known.unit !== unit || known.centre !== centre) return null
    if (isConv && centre !== 0) return null
  }
  return columns
}

/** Index of the input column that weight `position` of output `channel` multiplies. */
export function columnAt(node: ConvNode | DenseNode, channel: number, position: number): number {
  if (node.kind === 'dense') return position
  const [outputs, perGroup, height, width] = node.weight.shape as readonly [number, number, number, number]
  const group = Math.floor(channel / (outputs / node.groups))
  return group * perGroup + Math.floor(position / (height * width))
}
