import { expect, test } from 'vitest'
import { ZkserveError } from '#circuits/errors.js'
import type { Graph } from '#circuits/graph/graph.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import { verifyQModel } from '#circuits/qmodel/verify.js'
import { defaultQuantiseOptions } from '#circuits/quantise/options.js'
import { quantiseGraph } from '#circuits/quantise/quantise.js'
import { compare } from '../../support/quantised.js'
import { randomRows } from '../../support/random-graph.js'
import { randomNetwork } from '../../support/random-network.js'
import { isRelease } from '../../support/release.js'

const networks = isRelease ? 2000 : 200

const jumpingKinds = new Set(['argMax', 'topK', 'treeEnsemble', 'quantise'])
const jumpingFunctions = new Set(['floor', 'ceil', 'round', 'truncate', 'sign', 'thresholdedRelu'])

/** Whether a small change of its inputs may move the graph's outputs far. */
function jumps({ nodes }: Graph): boolean {
  return nodes.some(
    (node) =>
      jumpingKinds.has(node.kind) ||
      (node.kind === 'elementwise' && node.functions.some(({ name }) => jumpingFunctions.has(name))),
  )
}

/** The integer model, or null where products of products leave the exact range. */
function quantiseOrNull(graph: Graph, rows: ReturnType<typeof randomRows>): QModel | null {
  try {
    return quantiseGraph(graph, rows, defaultQuantiseOptions)
  } catch (error) {
    if (error instanceof ZkserveError && error.code === 'QUANTISATION_OVERFLOW') return null
    throw error
  }
}

test(`${networks} networks over every kind of node quantise, and keep their answers`, () => {
  const far: string[] = []
  let [compared, overflows] = [0, 0]
  for (let seed = 1; seed <= networks; seed++) {
    const graph = randomNetwork(seed)
    const rows = randomRows(graph, seed, 12, seed % 3 === 0 ? -1 : 0)
    const model = quantiseOrNull(graph, rows)
    if (model === null) overflows++
    if (model === null || jumps(graph)) continue
    verifyQModel(model)
    const { error, range } = compare(graph, model, rows)
    if (error > 0.2 * range) far.push(`network ${seed} is off by ${error} of ${range}`)
    compared++
  }
  expect(far).toEqual([])
  expect(compared).toBeGreaterThan(networks / 5)
  expect(overflows).toBeLessThan(networks / 100)
})
