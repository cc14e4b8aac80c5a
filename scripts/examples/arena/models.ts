import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { optimiseGraph } from '#circuits/graph/passes/optimise.js'
import { importOnnx } from '#circuits/import/import-model.js'
import { modelType } from '#circuits/import/schema.js'
import { buildBundle } from '#prover/bundle/build.js'
import { commitBundle } from '#prover/bundle/commit.js'
import { type Bundle, loadBundle } from '#prover/bundle/load.js'
import { defaultSettings } from '#prover/settings.js'
import type { ModelSource } from '#service/demo/project-models.js'

/**
 * The architecture's first version: breast-cancer with hidden weights, which answers with a class.
 * @param folder where the bundle is written
 */
export async function buildFirst({ onnx, graph, calibration }: ModelSource, folder: string): Promise<Bundle> {
  const dir = join(folder, 'first')
  const settings = { ...defaultSettings, output: 'argmax', weights: 'committed', input: 'hashed' } as const
  await buildBundle(onnx, graph, calibration, dir, settings)
  return loadBundle(dir)
}

/**
 * Another version of the architecture: the same network with its weights rounded to multiples of `step`.
 * @param folder where the bundle is written
 */
export async function commitRounded(
  first: Bundle,
  source: ModelSource,
  step: number,
  folder: string,
): Promise<Bundle> {
  const onnx = withRoundedWeights(source.onnx, step)
  const graph = { ...optimiseGraph(importOnnx(onnx)), name: source.name }
  const dir = join(folder, `rounded-${step}`)
  await commitBundle(first, onnx, graph, source.calibration, dir)
  return loadBundle(dir)
}

export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'zkserve-arena-'))
}

/** ONNX's number of the type. */
const float32 = 1

interface OnnxObject {
  readonly graph: {
    readonly initializer: readonly {
      readonly dims: readonly unknown[]
      readonly dataType: number
      readonly rawData?: Uint8Array
    }[]
  }
}

/** Matrices alone: biases stay. */
function withRoundedWeights(onnx: Uint8Array, step: number): Uint8Array {
  const model = modelType.toObject(modelType.decode(onnx)) as OnnxObject
  const initializer = model.graph.initializer.map((tensor) => {
    if (tensor.dims.length < 2 || tensor.dataType !== float32 || tensor.rawData === undefined) return tensor
    const values = new Float32Array(Uint8Array.from(tensor.rawData).buffer)
    const rounded = values.map((value) => Math.round(value / step) * step)
    return { ...tensor, rawData: new Uint8Array(rounded.buffer) }
  })
  const graph = { ...model.graph, initializer }
  return modelType.encode(modelType.fromObject({ ...model, graph })).finish()
}
