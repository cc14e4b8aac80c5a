import { describe, expect, test } from 'vitest'
import type { Graph, TreeDecision, TreeEnsembleNode } from '#circuits/graph/graph.js'
import { interpretGraph } from '#circuits/graph/interpret.js'
import { quantiseInputs } from '#circuits/qmodel/inputs.js'
import { ofElement, type QModel } from '#circuits/qmodel/qmodel.js'
import { inferIntegers } from '#prover/inference/infer.js'
import { floatTensor, graphOf } from '../../support/graph-builder.js'
import { denseNode } from '../../support/layer-nodes.js'
import { quantised } from '../../support/quantised.js'
import { randomSource } from '../../support/random-graph.js'

type Trees = Pick<TreeEnsembleNode, 'decisions' | 'roots' | 'leaves' | 'base'>

/** Random trees over values in [-1, 1), some of them a leaf alone. */
function forest(seed: number, trees: number, depth: number, features: number, outputs: number): Trees {
  const random = randomSource(seed)
  const decisions: TreeDecision[] = []
  const leaves: number[] = []
  const leaf = () => {
    for (let n = 0; n < outputs; n++) leaves.push(random() * 2 - 1)
    return -leaves.length / outputs
  }
  const grow = (level: number): number => {
    if (level === depth || random() < 0.15) return leaf()
    const at = decisions.length
    // A few thresholds repeat, and a few lie outside of what features take.
    const threshold = Math.fround(
      Math.round((random() * 2.4 - 1.2) * 8) / 8 + (random() < 0.5 ? random() / 8 : 0),
    )
    decisions.push({ feature: Math.floor(random() * features), threshold, yes: 0, no: 0 })
    const [yes, no] = [grow(level + 1), grow(level + 1)]
    decisions[at] = { ...decisions[at]!, yes, no }
    return at
  }
  const roots = Array.from({ length: trees }, () => grow(0))
  const base = floatTensor(
    [outputs],
    Array.from({ length: outputs }, () => random()),
  )
  return { decisions, roots, leaves: floatTensor([leaves.length / outputs, outputs], leaves), base }
}

const graphWith = (trees: Trees, features: number): Graph =>
  graphOf([1, features], [{ kind: 'treeEnsemble', input: 'x', output: 'y', ...trees }])

/** The float model on what the integers stand for. */
function expectEqual(graph: Graph, model: QModel, row: ReadonlyMap<string, { data: Float32Array }>): void {
  const { integers } = quantiseInputs(model, row as Parameters<typeof quantiseInputs>[1])
  const [input] = model.inputs
  const real = Array.from(integers[0]!, (value, i) => value * ofElement(input!.scales, i))
  const exact = interpretGraph(graph, new Map([['x', floatTensor(input!.shape, real)]])).get('y')!.data
  const answer = inferIntegers(model, integers).outputs.y!
  exact.forEach((value, n) => {
    expect(Math.abs(answer[n]! - value)).toBeLessThan(0.002)
  })
}

describe('forests', () => {
  test.each([
    [1, 1, 1, 1],
    [2, 5, 4, 3],
    [3, 12, 6, 1],
    [4, 3, 8, 4],
    [5, 4, 0, 2],
  ])('of seed %i: %i trees of depth %i answer as the float kernel does', (seed, trees, depth, outputs) => {
    const graph = graphWith(forest(seed, trees, depth, 5, outputs), 5)
    const { model, rows } = quantised(graph, { low: -1 })
    for (const row of rows) expectEqual(graph, model, row)
  })

  test('cost a product for each decision but the roots', () => {
    const trees = forest(2, 5, 4, 5, 3)
    const { model } = quantised(graphWith(trees, 5), { low: -1 })
    const products = model.layers.reduce((sum, layer) => sum + (layer.kind === 'matMul' ? layer.batch : 0), 0)
    const roots = trees.roots.filter((root) => root >= 0).length
    expect(products).toBe(trees.decisions.length - roots)
  })

  test('read what a layer before them makes', () => {
    const trees = forest(7, 6, 3, 4, 2)
    const graph = graphOf(
      [1, 3],
      [denseNode('x', 'a', [4, 3]), { kind: 'treeEnsemble', input: 'a', output: 'y', ...trees }],
    )
    const { model, rows } = quantised(graph, { low: -1, bits: 12 })
    const exact = rows.map((row) => interpretGraph(graph, row).get('y')!.data)
    const answers = rows.map((row) => inferIntegers(model, quantiseInputs(model, row).integers).outputs.y!)
    const same = exact.filter((values, i) =>
      values.every((value, n) => Math.abs(value - answers[i]![n]!) < 0.01),
    )
    expect(same.length).toBeGreaterThanOrEqual(rows.length - 1)
  })
})
