import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { InputMode } from '#circuits/analyse/account.js'
import { type Dataset, datasetRows, parseDataset } from '#circuits/data/dataset.js'
import { emitCircuit } from '#circuits/emit/emit.js'
import { ZkserveError } from '#circuits/errors.js'
import type { Graph } from '#circuits/graph/graph.js'
import { optimiseGraph } from '#circuits/graph/passes/optimise.js'
import { importOnnx } from '#circuits/import/import-model.js'
import { packageRoot } from '#circuits/paths.js'
import { serialiseQModel } from '#circuits/qmodel/serialise.js'
import type { QuantiseOptions } from '#circuits/quantise/options.js'
import { quantiseGraph } from '#circuits/quantise/quantise.js'
import { type BuildOptions, buildBundle } from '#prover/bundle/build.js'
import { sha256 } from '#prover/bundle/files.js'
import { type Bundle, loadBundle } from '#prover/bundle/load.js'
import { defaultSettings } from '#prover/settings.js'

/** Models that come with the project, in test/models. */
export const projectModels = ['mnist-mlp', 'digits-cnn', 'mnist-lenet5'] as const

/** Further models of the tests: of tables, one that draws, and one that goes from state to state. */
export const testModels = [
  'crop-risk',
  'breast-cancer',
  'digit-generator',
  'fraud-risk',
  'cold-chain',
  'strategy-outlook',
] as const

export type ProjectModel = (typeof projectModels | typeof testModels)[number]

/** A trained model with its data. */
export interface ModelSource {
  readonly name: string
  readonly onnx: Uint8Array
  /** Optimised. */
  readonly graph: Graph
  readonly calibration: Dataset
  readonly test: Dataset
}

/** Where the project's own scripts keep built bundles. */
export function bundleDirectory(name: string, input: InputMode = 'hashed'): string {
  return join(packageRoot, '.zkserve', 'bundles', input === 'hashed' ? name : `${name}-${input}`)
}

export async function readProjectModel(name: ProjectModel): Promise<ModelSource> {
  const folder = join(packageRoot, 'test', 'models', name)
  const read = (file: string) => readFile(join(folder, file))
  const [onnx, calibration, test] = await Promise.all([
    read('model.onnx'),
    read('calibration.npz'),
    read('test.npz'),
  ])
  const graph = { ...optimiseGraph(importOnnx(onnx)), name }
  return {
    name,
    onnx,
    graph,
    calibration: parseDataset(calibration, graph.inputs),
    test: parseDataset(test, graph.inputs),
  }
}

/** How a model is quantised where not by default. */
export type Quantising = Partial<Pick<QuantiseOptions, 'bits' | 'output' | 'inputGrid'>>

/** The model's bundle below .zkserve, built where it is missing, damaged, or not what would be built now. */
export async function ensureBundle(
  source: ModelSource,
  onProgress?: NonNullable<BuildOptions['onProgress']>,
  input: InputMode = 'hashed',
  quantising: Quantising = {},
): Promise<Bundle> {
  const dir = bundleDirectory(source.name, input)
  const existing = await loadBundle(dir).catch((error: unknown) => {
    if (error instanceof ZkserveError) return null
    throw error
  })
  if (existing !== null && isCurrent(source, existing, input, quantising)) return existing
  await rm(dir, { recursive: true, force: true })
  await buildBundle(source.onnx, source.graph, source.calibration, dir, {
    ...defaultSettings,
    ...quantising,
    input,
    ...(onProgress ? { onProgress } : {}),
  }).catch((error: unknown) => {
    // Another process was quicker.
    if (!(error instanceof ZkserveError) || error.code !== 'BUNDLE_EXISTS') throw error
  })
  return loadBundle(dir)
}

/** Whether a bundle has the integer model and the circuit that the sources make of the model today. */
function isCurrent(
  { graph, calibration }: ModelSource,
  { manifest }: Bundle,
  input: InputMode,
  quantising: Quantising,
): boolean {
  const model = quantiseGraph(graph, datasetRows(calibration), { ...defaultSettings, ...quantising })
  const circuit = new TextEncoder().encode(emitCircuit(model, input).source)
  return (
    manifest.files['model.q.json'].sha256 === sha256(serialiseQModel(model)) &&
    manifest.files['circuit.circom'].sha256 === sha256(circuit)
  )
}
