import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Dataset } from '#circuits/data/dataset.js'
import { parseDataset } from '#circuits/data/dataset.js'
import type { Graph } from '#circuits/graph/graph.js'
import { optimiseGraph } from '#circuits/graph/passes/optimise.js'
import { importOnnx } from '#circuits/import/import-model.js'
import { packageRoot } from '#circuits/paths.js'
import { type BuildOptions, buildBundle } from '#prover/bundle/build.js'
import { defaultSettings } from '#prover/settings.js'
import { onnxModel, tensor } from '../../support/onnx-builder.js'

/** Folder of the digit classifier in the project. */
export const digitsModel: string = join(packageRoot, 'test', 'models', 'digits-cnn')

/** A picture that the digit classifier takes, flat. */
export function digitsInput(value = 0.5): number[] {
  return Array.from({ length: 64 }, (_, i) => (i % 8 < 4 ? value : 0))
}

/** A bundle of the digit classifier; built once for a state of the sources. */
export function digitsBundle(): Promise<string> {
  const onnx = readFileSync(join(digitsModel, 'model.onnx'))
  const graph = { ...optimiseGraph(importOnnx(onnx)), name: 'digits' }
  const calibration = parseDataset(readFileSync(join(digitsModel, 'calibration.npz')), graph.inputs)
  return cachedBundle('digits', onnx, graph, calibration, { ...defaultSettings, input: 'hashed' })
}

/** A bundle with two inputs `a` and `b` of three numbers, both public by default, that proves a class alone. */
export function pairBundle({
  weights = 'fixed',
  input = 'public',
}: Pick<Partial<BuildOptions>, 'weights' | 'input'> = {}): Promise<string> {
  const onnx = onnxModel({
    opset: 13,
    inputs: ['a', 'b'].map((name) => ({ name, shape: [1, 3] })),
    outputs: ['y'],
    nodes: [
      { op: 'Add', inputs: ['a', 'b'], outputs: ['sum'] },
      { op: 'Gemm', inputs: ['sum', 'W'], outputs: ['y'], attributes: { transB: 1 } },
    ],
    initializers: { W: tensor([2, 3], [1, -1, 0.5, -0.5, 1, 1]) },
  })
  const graph = { ...optimiseGraph(importOnnx(onnx)), name: 'pair' }
  const rows = { a: [0, 0.5, 1, 1, 0, 0.25], b: [1, 0, 0.5, 0, 1, 1] }
  const bytes = new TextEncoder().encode(JSON.stringify({ inputs: asRows(rows) }))
  const calibration = parseDataset(bytes, graph.inputs)
  const name = weights === 'fixed' && input === 'public' ? 'pair' : `pair-${weights}-${input}`
  const options = { ...defaultSettings, output: 'argmax', input, weights } as const
  return cachedBundle(name, onnx, graph, calibration, options)
}

/** A bundle that makes pictures of 4 × 4 pixels from eight numbers, as `GeneratedDigits` takes it. */
export function generatorBundle(): Promise<string> {
  const onnx = onnxModel({
    opset: 13,
    inputs: [{ name: 'latent', shape: [1, 8] }],
    outputs: ['picture'],
    nodes: [
      { op: 'Gemm', inputs: ['latent', 'W'], outputs: ['sum'], attributes: { transB: 1 } },
      { op: 'Sigmoid', inputs: ['sum'], outputs: ['picture'] },
    ],
    initializers: { W: tensor([16, 8], waves(128)) },
  })
  const graph = { ...optimiseGraph(importOnnx(onnx)), name: 'generator' }
  const latents = Array.from({ length: 32 }, (_, row) => waves(256).slice(8 * row, 8 * row + 8))
  const bytes = new TextEncoder().encode(JSON.stringify({ inputs: latents }))
  const calibration = parseDataset(bytes, graph.inputs)
  return cachedBundle('generator', onnx, graph, calibration, { ...defaultSettings, input: 'public' })
}

/** Numbers from -1 to 1. */
function waves(count: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.sin(3 * i + 1))
}

function asRows(flat: Readonly<Record<string, readonly number[]>>): Record<string, number[][]> {
  return Object.fromEntries(
    Object.entries(flat).map(([name, values]) => [name, [values.slice(0, 3), values.slice(3)]]),
  )
}

async function cachedBundle(
  name: string,
  onnx: Uint8Array,
  graph: Graph,
  calibration: Dataset,
  options: BuildOptions,
): Promise<string> {
  const directory = join(tmpdir(), 'zkserve-test-bundles', sourceHash(), name)
  if (existsSync(directory)) return directory
  try {
    await buildBundle(onnx, graph, calibration, directory, options)
  } catch (error) {
    // Another test process was quicker.
    if (!existsSync(directory)) throw error
  }
  return directory
}

/** Hash of everything that a bundle depends on. */
function sourceHash(): string {
  const hash = createHash('sha256')
  for (const folder of ['circuits', 'prover', 'test/models/digits-cnn', 'test/service/support']) {
    const entries = readdirSync(join(packageRoot, folder), { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
    for (const file of files.sort()) hash.update(file).update(readFileSync(file))
  }
  return hash.digest('hex').slice(0, 16)
}
