import { readFile } from 'node:fs/promises'
import { parseDataset } from '#circuits/data/dataset.js'
import { loadBundle } from '#prover/bundle/load.js'
import { type Evaluation, evaluate } from '#prover/inference/evaluate.js'
import { readGraph } from '#scripts/bench/tasks/read-graph.js'

export interface AccuracyInput {
  readonly name: string
  readonly onnx: string
  /** Directory of the bundle. */
  readonly dir: string
  readonly test: string
}

/** Float against integer model over all test rows. */
export async function measureAccuracy({ name, onnx, dir, test }: AccuracyInput): Promise<Evaluation> {
  const { graph } = await readGraph(name, onnx)
  const { model } = await loadBundle(dir)
  return evaluate(graph, model, parseDataset(await readFile(test), graph.inputs))
}
