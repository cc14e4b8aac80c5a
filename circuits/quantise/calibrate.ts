import { ZkserveError } from '#circuits/errors.js'
import type { FloatTensor, Graph } from '#circuits/graph/graph.js'
import { interpretGraph } from '#circuits/graph/interpret.js'

/** Range of a value over the calibration rows, as real numbers. */
export interface Range {
  readonly min: number
  readonly max: number
}

/**
 * Runs the float model over calibration rows and notes the range of every value.
 * @throws ZkserveError `INVALID_DATA` without rows
 */
export function calibrate(
  graph: Graph,
  rows: Iterable<ReadonlyMap<string, FloatTensor>>,
): ReadonlyMap<string, Range> {
  const ranges = new Map<string, { min: number; max: number }>()
  let count = 0
  for (const row of rows) {
    count++
    for (const [name, { data }] of interpretGraph(graph, row, { allValues: true })) {
      const range = ranges.get(name) ?? { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY }
      for (const value of data) {
        if (value < range.min) range.min = value
        if (value > range.max) range.max = value
      }
      ranges.set(name, range)
    }
  }
  if (count === 0) throw new ZkserveError('INVALID_DATA', 'the calibration data has no rows')
  return ranges
}
