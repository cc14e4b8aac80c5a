import { describe, expect, test } from 'vitest'
import type { FloatTensor } from '#circuits/graph/graph.js'
import { calibrate, countValues } from '#circuits/quantise/calibrate.js'
import { rangesBy } from '#circuits/quantise/ranges.js'
import { floatTensor, graphOf } from '../../support/graph-builder.js'
import { reluNode } from '../../support/layer-nodes.js'

/** 9,999 elements evenly in (0, 1) and one far away. */
const graph = graphOf([1, 10_000], [reluNode('x', 'y')])
const values = Array.from({ length: 10_000 }, (_, i) => (i === 77 ? 50 : i / 10_000))
const rows: ReadonlyMap<string, FloatTensor>[] = [new Map([['x', floatTensor([1, 10_000], values)]])]
const ranges = calibrate(graph, rows)
const histograms = countValues(graph, rows, ranges)
const by = (rule: Parameters<typeof rangesBy>[0], bits = 8) =>
  rangesBy(rule, graph, ranges, histograms, () => bits)

test('a histogram counts every element once', () => {
  for (const name of ['x', 'y']) {
    expect(histograms.get(name)!.reduce((sum, count) => sum + count, 0)).toBe(10_000)
  }
})

describe('the range of an activation', () => {
  test('is all of it by min-max', () => {
    expect(by('min-max').get('y')).toMatchObject({ min: 0, max: 50 })
  })

  test('leaves out rare extremes by percentile, within a bin', () => {
    expect(by('percentile-99.9').get('y')!.max).toBeLessThan(1.1)
    expect(by('percentile-99.9').get('y')!.max).toBeGreaterThan(0.9)
  })

  test('weighs what is cut off against finer steps by mean square error', () => {
    const narrow = by('mse', 3).get('y')!.max
    const wide = by('mse', 12).get('y')!.max
    expect(narrow).toBeLessThan(50)
    expect(wide).toBeGreaterThan(narrow)
  })

  test('stays as it is for inputs, whatever the rule', () => {
    for (const rule of ['percentile-99.9', 'mse'] as const)
      expect(by(rule).get('x')).toMatchObject({ min: 0, max: 50 })
  })
})
