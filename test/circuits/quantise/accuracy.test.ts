import { describe, expect, test } from 'vitest'
import { interpretGraph } from '#circuits/graph/interpret.js'
import { quantiseInputs } from '#circuits/qmodel/inputs.js'
import { interpretIntegers } from '#circuits/qmodel/interpret.js'
import type { QLayer } from '#circuits/qmodel/qmodel.js'
import { graphOf } from '../../support/graph-builder.js'
import { denseNode, reluNode } from '../../support/layer-nodes.js'
import { quantised } from '../../support/quantised.js'
import { randomGraph } from '../../support/random-graph.js'

const largestOf = (values: ArrayLike<number>): number =>
  Array.from(values, Math.abs).reduce((a, b) => Math.max(a, b), 0)

/**
 * w·x = u(W + δ)·(X + ε) with |δ|, |ε| ≤ 1/2 for unit u, integers W and X: a sum is off by at most
 * u·Σ|X|/2 + s·Σ|w|/2, and by half a unit for the bias.
 */
test.each([4, 6, 8, 12, 16])('at %i bits a dense layer errs by no more than its scales allow', (bits) => {
  for (const low of [0, -1, 0.75]) {
    const node = denseNode('x', 'y', [5, 12])
    const { model, rows } = quantised(graphOf([1, 12], [node]), { bits, low })
    const [layer] = model.layers as [Extract<QLayer, { kind: 'dense' }>]
    const [scale] = model.inputs[0]!.scales as readonly [number]
    for (const row of rows) {
      const { integers } = quantiseInputs(model, row)
      const exact = interpretGraph(graphOf([1, 12], [node]), row).get('y')!.data
      const sums = interpretIntegers(model, integers)[layer.output]!
      const magnitude = integers[0]!.reduce((sum, value) => sum + Math.abs(value), 0)
      exact.forEach((value, n) => {
        const unit = model.outputs[0]!.scale
        const weights = node.weight.data
          .subarray(12 * n, 12 * n + 12)
          .reduce((sum, w) => sum + Math.abs(w), 0)
        const allowed = 0.5 * (unit * magnitude + scale * weights + unit)
        expect(Math.abs(sums[n]! * unit - value)).toBeLessThanOrEqual(allowed * (1 + 1e-6))
      })
    }
  }
})

test('an activation errs by at most half a step more than the sum that it is made of', () => {
  const nodes = [denseNode('x', 'a', [5, 12]), reluNode('a', 'y')]
  const graph = graphOf([1, 12], nodes)
  for (const bits of [4, 8, 16]) {
    const { model, rows } = quantised(graph, { bits, low: -1 })
    const sums = model.layers.find((layer) => layer.kind === 'dense')!.output
    const { scales } = model.tensors[sums]!
    const step = model.outputs[0]!.scale
    for (const row of rows) {
      const values = interpretIntegers(model, quantiseInputs(model, row).integers)
      const exact = interpretGraph(graphOf([1, 12], nodes, ['a']), row).get('a')!.data
      values[model.outputs[0]!.tensor]!.forEach((value, i) => {
        const sumError = Math.abs(
          values[sums]![i]! * (scales.length === 1 ? scales[0]! : scales[i]!) - exact[i]!,
        )
        expect(Math.abs(value * step - Math.max(0, exact[i]!))).toBeLessThanOrEqual(
          step / 2 + sumError + 1e-6,
        )
      })
    }
  }
})

describe('random networks', () => {
  /** Seeds of networks that end in numbers, not in a class. */
  const seeds = Array.from({ length: 80 }, (_, i) => i + 1).filter(
    (seed) => randomGraph(seed).nodes.at(-1)!.kind !== 'argMax',
  )

  const relativeErrors = (bits: number): number[] =>
    seeds.map((seed) => {
      const { error, range } = quantised(randomGraph(seed), { bits, low: -1 })
      return range === 0 ? error : error / range
    })

  test('are close to the float model, the closer the more bits', () => {
    const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!
    const [four, eight, twelve, sixteen] = [4, 8, 12, 16].map((bits) => relativeErrors(bits))
    expect(largestOf(sixteen!)).toBeLessThan(0.01)
    expect(largestOf(twelve!)).toBeLessThan(0.05)
    expect(median(eight!)).toBeLessThan(0.02)
    expect(median(four!)).toBeLessThan(0.25)
    expect(median(sixteen!)).toBeLessThan(median(twelve!))
    expect(median(twelve!)).toBeLessThan(median(eight!))
    expect(median(eight!)).toBeLessThan(median(four!))
  })
})
