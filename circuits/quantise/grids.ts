/** Units and ends that the model or its user gives, rather than calibration. */
import { type Graph, type GraphNode, nodeInputs, type QuantiseNode } from '#circuits/graph/graph.js'
import { bitLength } from '#circuits/qmodel/qmodel.js'
import type { Range } from '#circuits/quantise/calibrate.js'
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

/** Largest integer that a column far from 0 may begin at. */
const farthest = 2 ** 20

/**
 * A grid for each column of an input that is a row of a table, where one for all would lose what small columns say;
 * null where one serves all, or where the readers could not take in several.
 */
export function columnGridsFor(
  graph: Graph,
  name: string,
  { columns }: Range,
  options: QuantiseOptions,
): readonly Grid[] | null {
  const { inputGrid, imposed, weights } = options
  if (columns === undefined || inputGrid || imposed || weights === 'committed') return null
  if (graph.outputs.some((output) => output.name === name)) return null
  const readers = graph.nodes.filter((node) => nodeInputs(node).includes(name))
  const takesColumns = readers.every(
    ({ kind }) => kind === 'dense' || kind === 'treeEnsemble' || kind === 'affine',
  )
  if (!takesColumns) return null
  const bits = inputWidthOf(options, name)
  const levels = 2 ** bits - 1
  const grids = columns.map((column) => columnGrid(column, bits))
  const units = grids.map(({ unit }) => unit)
  return readers.some((node) => gains(node, units, columns, levels)) ? grids : null
}

function columnGrid({ min, max }: Range, bits: number): Grid {
  const levels = 2 ** bits - 1
  const far = Math.max(Math.abs(min), Math.abs(max))
  if (min === max) return { unit: far / levels || 1 / levels, low: min < 0 ? -levels : 0, bits }
  const unit = Math.max((max - min) / levels, far / farthest)
  return { unit, low: Math.round(min / unit), bits }
}

/** How much finer, in mean square, sums must get to be worth units of their own: images gain less. */
const worthwhile = 4

/** Whether a reader's results get much finer where each column has its own unit. */
function gains(
  reader: GraphNode,
  units: readonly number[],
  columns: readonly Range[],
  levels: number,
): boolean {
  const span = Math.max(...columns.map(({ max }) => max)) - Math.min(...columns.map(({ min }) => min))
  const least = Math.max(...units)
  const common = Math.max(span / levels, least)
  if (reader.kind !== 'dense') return units.some((unit) => unit * 2 < least)
  const { data, shape } = reader.weight
  const depth = shape[1]!
  for (let n = 0; n < shape[0]!; n++) {
    let [own, shared] = [0, 0]
    units.forEach((unit, k) => {
      const weight = data[n * depth + k]!
      own += (weight * unit) ** 2
      shared += (weight * common) ** 2
    })
    if (shared > worthwhile * own) return true
  }
  return false
}
