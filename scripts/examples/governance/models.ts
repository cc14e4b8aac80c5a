import { optimiseGraph } from '#circuits/graph/passes/optimise.js'
import { importOnnx } from '#circuits/import/import-model.js'
import { quantiseInputs } from '#circuits/qmodel/inputs.js'
import type { Bundle } from '#prover/bundle/load.js'
import { packInputs } from '#prover/inference/pack-inputs.js'
import { commitTestSet, type TestSet } from '#service/chain/test-set.js'
import { testRow } from '#service/demo/act.js'
import { ensureBundle, type ModelSource, readProjectModel } from '#service/demo/project-models.js'
import { retrained } from '#service/demo/retrain.js'

/** What all versions take: standardised features in steps of 1/8 from -8 on. So they can be compared on the same rows. */
const inputGrid = { scale: 1 / 8, low: -64, bits: 8 }
const classes = 2

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

/** The first rows of the test data, as every version takes them, with their labels. */
export function testSetOf({ source, fine }: Versions, rows: number): TestSet {
  const members = Array.from({ length: rows }, (_, row) => {
    const inputs = new Map([[fine.model.inputs[0]!.name, testRow(source, row)]])
    const { integers } = quantiseInputs(fine.model, inputs)
    return { input: packInputs(fine.model, integers), label: source.test.labels![row]! }
  })
  return commitTestSet(members, classes)
}
