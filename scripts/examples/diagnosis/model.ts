import type { Dataset } from '#circuits/data/dataset.js'
import { optimiseGraph } from '#circuits/graph/passes/optimise.js'
import { importOnnx } from '#circuits/import/import-model.js'
import { modelType } from '#circuits/import/schema.js'
import type { Bundle } from '#prover/bundle/load.js'
import { ensureBundle, type ModelSource, readProjectModel } from '#service/demo/project-models.js'

/** Probability of malignancy from which on a patient is referred. */
export const referralThreshold = 0.5

/** Label of malignant tumours in the data of breast-cancer. */
const malignant = 0

/**
 * breast-cancer with one output, the probability of malignancy. The two classes' Softmax is the Sigmoid of the
 * difference of their scores, so that one flag says all there is to say.
 */
export async function readDiagnosisModel(): Promise<ModelSource> {
  const source = await readProjectModel('breast-cancer')
  const onnx = withRiskHead(source.onnx)
  const name = 'breast-cancer-risk'
  return {
    name,
    onnx,
    graph: { ...optimiseGraph(importOnnx(onnx)), name },
    calibration: withRiskLabels(source.calibration),
    test: withRiskLabels(source.test),
  }
}

/** The bundle whose proofs show a commitment to a record and one flag. */
export function ensureDiagnosisBundle(source: ModelSource): Promise<Bundle> {
  return ensureBundle(source, undefined, 'hashed', { output: `threshold:${referralThreshold}` })
}

interface OnnxObject {
  readonly graph: {
    readonly node: readonly object[]
    readonly initializer: readonly object[]
    readonly output: readonly { readonly name: string }[]
  }
}

/** Appends the difference of the two scores and a Sigmoid. */
function withRiskHead(onnx: Uint8Array): Uint8Array {
  const model = modelType.toObject(modelType.decode(onnx)) as OnnxObject
  const { graph } = model
  const scores = graph.output[0]!.name
  const [float32, columns] = [1, [1, -1]]
  const head = {
    name: 'malignant_against_benign',
    dims: [columns.length, 1],
    dataType: float32,
    floatData: columns,
  }
  const nodes = [
    { opType: 'MatMul', name: 'odds', input: [scores, head.name], output: ['odds'] },
    { opType: 'Sigmoid', name: 'risk', input: ['odds'], output: ['risk'] },
  ]
  const dim = [{ dimParam: 'N' }, { dimValue: 1 }]
  const extended = {
    ...graph,
    node: [...graph.node, ...nodes],
    initializer: [...graph.initializer, head],
    output: [{ name: 'risk', type: { tensorType: { elemType: float32, shape: { dim } } } }],
  }
  return modelType.encode(modelType.fromObject({ ...model, graph: extended })).finish()
}

/** 1 for malignant, as the model's flag. */
function withRiskLabels(dataset: Dataset): Dataset {
  const labels = dataset.labels?.map((label) => Number(label === malignant)) ?? null
  return { ...dataset, labels }
}
