import { optimiseGraph } from '#circuits/graph/passes/optimise.js'
import { importOnnx } from '#circuits/import/import-model.js'
import type { Bundle } from '#prover/bundle/load.js'
import { ensureBundle, type ModelSource, readProjectModel } from '#service/demo/project-models.js'
import { retrained } from '#service/demo/retrain.js'

/** What all versions take: standardised features in steps of 1/8 from -8 on. So they can be compared on the same rows. */
const inputGrid = { scale: 1 / 8, low: -64, bits: 8 }

/** Versions of one model of tumours. */
export interface Versions {
  readonly source: ModelSource
  /** Activations of four bits. */
  readonly coarse: Bundle
  /** Activations of eight bits. */
  readonly fine: Bundle
  /** Eight bits as well, but weights that went astray. */
  readonly spoiled: Bundle
}

/** Builds breast-cancer at two widths, and once with spoiled weights. */
export async function buildVersions(): Promise<Versions> {
  const source = await readProjectModel('breast-cancer')
  const version = (from: ModelSource, label: string, bits: number) =>
    ensureBundle({ ...from, name: `${source.name}-${label}` }, undefined, 'public', { inputGrid, bits })
  const onnx = retrained(source.onnx, 6)
  const spoiled = { ...source, onnx, graph: { ...optimiseGraph(importOnnx(onnx)), name: source.name } }
  return {
    source,
    coarse: await version(source, '4-bits', 4),
    fine: await version(source, '8-bits', 8),
    spoiled: await version(spoiled, 'spoiled', 8),
  }
}
