/** Ranges of activations from what calibration counted: all of it, or without rare extremes. */
import type { Graph } from '#circuits/graph/graph.js'
import type { Histogram, Range } from '#circuits/quantise/calibrate.js'
import type { CalibrationMethod } from '#circuits/quantise/options.js'

/** How the range of an activation follows from its histogram. */
export type RangeRule = 'min-max' | 'percentile-99.99' | 'percentile-99.9' | 'mse'

/** The rules that a method tries, best understood first. */
export const rulesOf: Readonly<Record<CalibrationMethod, readonly RangeRule[]>> = {
  auto: ['min-max', 'percentile-99.99', 'percentile-99.9', 'mse'],
  'min-max': ['min-max'],
  percentile: ['percentile-99.99', 'percentile-99.9'],
  mse: ['mse'],
}

/**
 * Ranges under a rule. Only values that the integer model cuts off at the ends of their range change: what a Relu
 * makes, and what a function reads through a table. Inputs keep all that was seen.
 * @param widthOf bits of a value
 */
export function rangesBy(
  rule: RangeRule,
  graph: Graph,
  ranges: ReadonlyMap<string, Range>,
  histograms: ReadonlyMap<string, Histogram>,
  widthOf: (value: string) => number,
): ReadonlyMap<string, Range> {
  if (rule === 'min-max') return ranges
  const cut = cutValues(graph)
  return new Map(
    Array.from(ranges, ([name, range]) => {
      const bins = histograms.get(name)
      if (!cut.has(name) || bins === undefined || !(range.max > range.min)) return [name, range]
      const narrowed =
        rule === 'mse'
          ? leastSquares(range, bins, 2 ** widthOf(name))
          : percentile(range, bins, rule === 'percentile-99.9' ? 0.999 : 0.9999)
      return [name, { ...range, ...narrowed }]
    }),
  )
}

function cutValues(graph: Graph): ReadonlySet<string> {
  const inputs = new Set(graph.inputs.map(({ name }) => name))
  const values = graph.nodes.flatMap((node) => {
    if (node.kind === 'relu') return [node.output]
    return node.kind === 'elementwise' ? [node.input] : []
  })
  return new Set(values.filter((name) => !inputs.has(name)))
}

type Ends = Pick<Range, 'min' | 'max'>

/** The range without the outermost 1 - share of elements at either end. */
function percentile({ min, max }: Range, bins: Histogram, share: number): Ends {
  const step = (max - min) / bins.length
  const spare = bins.reduce((sum, count) => sum + count, 0) * (1 - share)
  const beyond = (from: Iterable<number>) => {
    let [left, count] = [spare, 0]
    for (const bin of from) {
      left -= bin
      if (left < 0) break
      count++
    }
    return count
  }
  const low = beyond(bins)
  const high = beyond(bins.toReversed())
  return low + high >= bins.length ? { min, max } : { min: min + low * step, max: max - high * step }
}

/**
 * The range that rounding to `levels` steps and cutting off what lies beyond change least, by mean square: both ends
 * drawn in by the same share, down to a quarter.
 */
function leastSquares({ min, max }: Range, bins: Histogram, levels: number): Ends {
  const step = (max - min) / bins.length
  let best: Ends & { readonly error: number } = { min, max, error: Number.POSITIVE_INFINITY }
  for (let share = 1; share >= 0.25; share -= 1 / 64) {
    const [low, high] = [min * share, max * share]
    const rounding = ((high - low) / levels) ** 2 / 12
    const error = bins.reduce((sum, count, bin) => {
      const value = min + (bin + 0.5) * step
      const beyond = Math.max(low - value, value - high, 0)
      return sum + count * (beyond > 0 ? beyond ** 2 : rounding)
    }, 0)
    if (error < best.error) best = { min: low, max: high, error }
  }
  return { min: best.min, max: best.max }
}
