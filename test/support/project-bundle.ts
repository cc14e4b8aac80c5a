import { rm } from 'node:fs/promises'
import { emitCircuit } from '#circuits/emit/emit.js'
import { serialiseQModel } from '#circuits/qmodel/serialise.js'
import { defaultQuantiseOptions } from '#circuits/quantise/options.js'
import { quantiseGraph } from '#circuits/quantise/quantise.js'
import { sha256 } from '#prover/bundle/files.js'
import { type Bundle, readBundleFile } from '#prover/bundle/load.js'
import { datasetRows } from '#prover/inspect.js'
import {
  bundleDirectory,
  ensureBundle,
  type ModelSource,
  type ProjectModel,
  readProjectModel,
} from '#service/demo/project-models.js'

export interface BuiltModel {
  readonly source: ModelSource
  readonly bundle: Bundle
}

/** A project model's bundle, kept below .zkserve; built anew where the sources make another circuit by now. */
export async function builtModel(name: ProjectModel): Promise<BuiltModel> {
  const source = await readProjectModel(name)
  const bundle = await ensureBundle(source)
  if (await isCurrent(source, bundle)) return { source, bundle }
  await rm(bundleDirectory(name), { recursive: true })
  return { source, bundle: await ensureBundle(source) }
}

async function isCurrent({ graph, calibration }: ModelSource, bundle: Bundle): Promise<boolean> {
  const model = quantiseGraph(graph, datasetRows(calibration), defaultQuantiseOptions)
  if (bundle.manifest.modelHash !== `0x${sha256(serialiseQModel(model))}`) return false
  const text = new TextDecoder().decode(await readBundleFile(bundle, 'circuit.circom'))
  return text === emitCircuit(model, bundle.manifest.inputMode).source
}
