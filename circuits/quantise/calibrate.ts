import { ZkserveError } from '#circuits/errors.js'
import type { FloatTensor, Graph, NamedShape, Shape } from '#circuits/graph/graph.js'
import { interpretGraph } from '#circuits/graph/interpret.js'

/** What calibration tells of a value, in real numbers, over all its elements and rows. */
export interface Range {
  readonly min: number
  readonly max: number
  readonly meanSquare: number
  /** Of each element by itself: of inputs that are rows of a table, whose columns differ in what they measure. */
  readonly columns?: readonly Range[]
}

/** Counts of a value's elements in equal bins from its least to its largest. */
export type Histogram = Float64Array

type Row = ReadonlyMap<string, FloatTensor>

/** Bins of a histogram: the 99.99th percentile is found to a 2,000th of the range. */
const binCount = 2048

/**
 * Runs the float model over calibration rows and notes the range of every value.
 * @throws ZkserveError `INVALID_DATA` without rows
 */
export function calibrate(graph: Graph, rows: Iterable<Row>): ReadonlyMap<string, Range> {
  const tallies = new Map<string, Tally>()
  const columns = new Map(
    graph.inputs.filter(isTableRow).map(({ name, shape }) => [name, columnTallies(shape)]),
  )
  for (const row of rows) {
    for (const [name, { data }] of interpretGraph(graph, row, { allValues: true })) {
      const tally = tallies.get(name) ?? new Tally()
      tally.add(data)
      tallies.set(name, tally)
      columns.get(name)?.forEach((column, i) => {
        column.addOne(data[i]!)
      })
    }
  }
  if (tallies.size === 0) throw new ZkserveError('INVALID_DATA', 'the calibration data has no rows')
  return new Map(
    Array.from(tallies, ([name, tally]) => {
      const each = columns.get(name)?.map((column) => column.range)
      return [name, each === undefined ? tally.range : { ...tally.range, columns: each }]
    }),
  )
}

const isTableRow = ({ shape }: NamedShape): boolean => shape.length === 2 && shape[0] === 1 && shape[1]! > 1

const columnTallies = (shape: Shape): Tally[] => Array.from({ length: shape[1]! }, () => new Tally())

/** Runs the float model again and counts where the elements of every value lie within its range. */
export function countValues(
  graph: Graph,
  rows: Iterable<Row>,
  ranges: ReadonlyMap<string, Range>,
): ReadonlyMap<string, Histogram> {
  const histograms = new Map(Array.from(ranges.keys(), (name) => [name, new Float64Array(binCount)]))
  for (const row of rows) {
    for (const [name, { data }] of interpretGraph(graph, row, { allValues: true })) {
      const { min, max } = ranges.get(name)!
      const bins = histograms.get(name)!
      const perUnit = max > min ? binCount / (max - min) : 0
      for (const value of data) bins[Math.min(binCount - 1, Math.floor((value - min) * perUnit))]! += 1
    }
  }
  return histograms
}

class Tally {
  private min = Number.POSITIVE_INFINITY
  private max = Number.NEGATIVE_INFINITY
  private squares = 0
  private count = 0

  add(data: Float32Array): void {
    for (const value of data) this.addOne(value)
  }

  addOne(value: number): void {
    this.count++
    if (value < this.min) this.min = value
    if (value > this.max) this.max = value
    this.squares += value * value
  }

  get range(): Range {
    return { min: this.min, max: this.max, meanSquare: this.squares / this.count }
  }
}
