import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ZkserveError } from '#circuits/errors.js'
import { countSteps } from '#circuits/graph/costs.js'
import { type FloatTensor, type Graph, nodeInputs, sizeOf } from '#circuits/graph/graph.js'
import { interpretGraph } from '#circuits/graph/interpret.js'
import { optimiseGraph } from '#circuits/graph/passes/optimise.js'
import { verifyGraph } from '#circuits/graph/verify.js'
import { importOnnx } from '#circuits/import/import-model.js'
import { opsets } from '#circuits/import/operator-row.js'
import { operatorTable } from '#circuits/import/operator-table.js'
import { verifyQModel } from '#circuits/qmodel/verify.js'
import { defaultQuantiseOptions } from '#circuits/quantise/options.js'
import { quantiseGraph } from '#circuits/quantise/quantise.js'
import { generators } from '../../support/onnx-cases/generators.js'
import { OnnxCase } from '../../support/onnx-cases/onnx-case.js'
import { mutate } from '../../support/onnx-mutants.js'
import { randomRows } from '../../support/random-graph.js'
import { RandomSource } from '../../support/random-source.js'
import { isRelease } from '../../support/release.js'
import { zoo } from '../../support/zoo/models.js'

const rounds = isRelease ? 20_000 : 500
const operators = operatorTable.map(({ operator }) => operator)

/** Real models, models in the patterns of exporters, and random ones for each operator. */
function seedModels(): Uint8Array[] {
  const trained = ['digits-cnn', 'mnist-lenet5'].map((name) => readFileSync(`test/models/${name}/model.onnx`))
  const drawn = operators.flatMap((operator, index) => {
    const generator = generators.get(operator)
    if (generator === undefined) return []
    const opset = Math.min(
      Math.max(generator.since, opsets.least + (index % 15)),
      generator.until ?? opsets.most,
    )
    const draw = new OnnxCase(index, opset)
    return draw.finish(generator.make(draw)).file
  })
  return [...trained, ...zoo.map(({ file }) => file), ...drawn]
}

/** Everything that a service does with a file before it compiles: the step that it reached. */
function prepare(file: Uint8Array, seed: number): string {
  const graph = importOnnx(file)
  verifyGraph(graph)
  const optimised = optimiseGraph(graph)
  verifyGraph(optimised)
  if (stepsOf(graph) > 20_000) return 'graph'
  const rows = randomRows(graph, seed, 2, -1)
  const outputs = interpretGraph(optimised, rows[0] as Map<string, FloatTensor>)
  for (const { name, shape } of optimised.outputs) {
    expect(outputs.get(name)!.data).toHaveLength(sizeOf(shape))
  }
  verifyQModel(quantiseGraph(optimised, rows, defaultQuantiseOptions))
  return 'model'
}

function stepsOf(graph: Graph): number {
  const shapeOf = (name: string) => graph.shapes.get(name)!
  return graph.nodes.reduce((sum, node) => {
    const inputs = nodeInputs(node).map(shapeOf)
    return sum + countSteps(node, shapeOf(node.output), inputs) + sizeOf(shapeOf(node.output))
  }, 0)
}

test(`${rounds} mutants of models give a code, or a graph that verifies and quantises`, () => {
  const models = seedModels()
  const random = new RandomSource(7)
  const outcomes = new Map<string, number>()
  const faults: string[] = []
  for (let round = 0; round < rounds; round++) {
    const mutant = mutate(models[round % models.length]!, random, operators)
    const [memory, time] = [process.resourceUsage().maxRSS, process.cpuUsage()]
    let outcome: string
    try {
      outcome = prepare(mutant, round)
    } catch (error) {
      outcome = error instanceof ZkserveError ? error.code : `fault: ${(error as Error).stack}`
      if (outcome === 'INTERNAL' || outcome.startsWith('fault')) faults.push(`round ${round}: ${outcome}`)
    }
    // Seconds of processor time, so that a busy machine does not matter; kilobytes.
    const { user, system } = process.cpuUsage(time)
    if (user + system > 2_000_000) faults.push(`round ${round} takes ${(user + system) / 1e6} s`)
    const grown = process.resourceUsage().maxRSS - memory
    if (grown > 256 * 1024) faults.push(`round ${round} takes ${grown} kB`)
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  }
  expect(faults).toEqual([])
  expect([...outcomes.keys()]).toEqual(
    expect.arrayContaining(['model', 'INVALID_ONNX', 'UNSUPPORTED_OPERATOR']),
  )
  expect(outcomes.get('model')).toBeGreaterThan(rounds / 20)
})
