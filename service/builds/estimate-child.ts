import { firstRows, parseDataset } from '#circuits/data/dataset.js'
import { type Graph, sizeOf } from '#circuits/graph/graph.js'
import { optimiseGraph } from '#circuits/graph/passes/optimise.js'
import { importOnnx } from '#circuits/import/import-model.js'
import { inspectModel } from '#prover/inspect.js'
import type { BuildRequest } from '#service/builds/build-child.js'
import { type ConstraintLimit, requireConstraints } from '#service/builds/constraint-limit.js'
import { estimateRows, uploadLimits } from '#service/builds/upload-limits.js'
import { answerParent, readStandardInput } from '#service/sandbox/answer-parent.js'

export interface EstimateRequest extends Pick<BuildRequest, 'lengths' | 'limits' | 'options'> {
  readonly limit: ConstraintLimit
}

/** What an upload will be, before it is built. */
export interface Estimate {
  /** Name that the file gives. */
  readonly name: string
  /** Of the circuit; the build makes it exact. */
  readonly constraints: number
  readonly parameters: number
  /** Multiplications of one inference. */
  readonly macs: number
}

/** The child process that reads an upload before it is accepted, and says what it will cost. */
answerParent<EstimateRequest, never, Estimate>(
  async ({ lengths, limits, options, limit }) => {
    const [onnx, data] = await readStandardInput(lengths)
    const graph = optimiseGraph(importOnnx(onnx!, limits))
    const rows = firstRows(parseDataset(data!, graph.inputs, uploadLimits), estimateRows)
    requireConstraints(leastOf(graph, options), limit)
    // Without the searches of the build: they would take as long as there.
    const { targetAgreement: _, ...plain } = options
    const inspection = inspectModel(graph, rows, {
      ...plain,
      calibrationMethod: 'min-max',
      correctBias: false,
    })
    const { constraints, parameters, macs } = inspection
    requireConstraints(constraints, limit)
    return { name: graph.name, constraints, parameters, macs }
  },
  { doing: 'reading the model', watched: true },
)

/** The narrowest that a search makes inputs, in bits. */
const narrowest = 4

/** Constraints by which inputs alone are held in their ranges: known before a large model is looked at closely. */
function leastOf({ inputs }: Graph, options: BuildRequest['options']): number {
  const { batch = 1, bits, inputBits, inputGrid, targetAgreement } = options
  const width = targetAgreement === undefined ? (inputGrid?.bits ?? inputBits ?? bits) : narrowest
  return batch * width * inputs.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
}
