import { readFile } from 'node:fs/promises'
import type { WeightMode } from '#circuits/analyse/weight-plan.js'
import { parseDataset } from '#circuits/data/dataset.js'
import { buildBundle } from '#prover/bundle/build.js'
import { defaultSettings } from '#prover/settings.js'
import type { BuildMeasure } from '#scripts/bench/result.js'
import { readGraph } from '#scripts/bench/tasks/read-graph.js'

export interface BuildInput {
  readonly name: string
  readonly onnx: string
  readonly calibration: string
  /** Directory of the bundle to write. */
  readonly dir: string
  readonly weights: WeightMode
  readonly batch: number
}

/** Builds a bundle with the default settings. */
export async function measureBuild(input: BuildInput): Promise<BuildMeasure> {
  const { name, onnx, calibration, dir, weights, batch } = input
  const start = performance.now()
  const read = await readGraph(name, onnx)
  const data = parseDataset(await readFile(calibration), read.graph.inputs)
  const options = { ...defaultSettings, input: 'hashed' as const, weights, batch }
  const { timings } = await buildBundle(read.onnx, read.graph, data, dir, options)
  return { timings, total: performance.now() - start }
}
