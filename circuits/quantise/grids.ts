/** Units and ends that the model or its user gives, rather than calibration. */
import { type Graph, nodeInputs, type QuantiseNode } from '#circuits/graph/graph.js'
import { bitLength } from '#circuits/qmodel/qmodel.js'
import { inputWidthOf, type QuantiseOptions } from '#circuits/quantise/options.js'
import type { Grid } from '#circuits/quantise/tables.js'

/**
 * The grid of a quantise node. A grid of 2^bits - 1 levels, as symmetric quantisation has, gets one more at its
 * upper end: what saturates there is then one step larger.
 */
export function gridOf({ scale, low, high }: QuantiseNode): Grid {
  return { unit: scale, low, bits: bitLength(high - low) }
}

/** The grid of an input: the one asked for, that of the node which alone reads and rounds it, or the calibrated one. */
export function inputGridFor(
  graph: Graph,
  name: string,
  { min, max }: { readonly min: number; readonly max: number },
  options: QuantiseOptions,
): Grid {
  const bits = inputWidthOf(options, name)
  const { inputGrid, imposed } = options
  if (imposed) return imposed.inputs[graph.inputs.findIndex((input) => input.name === name)]!
  if (inputGrid) return { unit: inputGrid.scale, low: inputGrid.low, bits }
  const readers = graph.nodes.filter((node) => nodeInputs(node).includes(name))
  const rounding = readers.find((node) => node.kind === 'quantise')
  const isOutput = graph.outputs.some((output) => output.name === name)
  if (rounding && readers.length === 1 && !isOutput) {
    const grid = gridOf(rounding)
    if (grid.bits <= 16) return grid
  }
  const levels = 2 ** bits - 1
  const unit = (max - min) / levels || Math.abs(max) / levels || 1 / levels
  return { unit, low: Math.round(min / unit), bits }
}
