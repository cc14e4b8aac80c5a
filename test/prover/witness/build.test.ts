import { expect, test } from 'vitest'
import type { InputMode } from '#circuits/analyse/account.js'
import type { WeightMode } from '#circuits/analyse/weight-plan.js'
import { emitCircuit } from '#circuits/emit/emit.js'
import { withCapacities } from '#circuits/quantise/capacities.js'
import { quantiseGraph } from '#circuits/quantise/quantise.js'
import { compileCircuit } from '#prover/compile/compile.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { buildPlan } from '#prover/witness/plan/build.js'
import { graphOf } from '../../support/graph-builder.js'
import { denseNode, reluNode } from '../../support/layer-nodes.js'
import { randomRows } from '../../support/random-graph.js'

// 32 lanes of 8 bits leave one alone in its word: its wire is that of the public signal.
const cases: [InputMode, WeightMode, number][] = [
  ['public', 'fixed', 1],
  ['public', 'fixed', 32],
  ['public', 'committed', 32],
  ['hashed', 'committed', 32],
]

test.each(cases)('a plan covers %s inputs and %s weights, %i elements', async (mode, weights, size) => {
  const graph = graphOf(
    [1, size],
    [denseNode('x', 'h', [3, size]), reluNode('h', 'a'), denseNode('a', 'y', [2, 3])],
  )
  const exact = quantiseGraph(graph, randomRows(graph, 1, 12, 0), { bits: 8, output: 'logits' })
  const model = weights === 'committed' ? withCapacities(exact) : exact
  const { r1cs, wasm } = await compileCircuit(emitCircuit(model, mode, { weights }).source)
  expect(await buildPlan(model, mode, weights, readR1cs(r1cs), wasm)).not.toBeNull()
})
