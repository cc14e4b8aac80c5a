import { setPriority } from 'node:os'
import { parseDataset } from '#circuits/data/dataset.js'
import { ZkserveError } from '#circuits/errors.js'
import { optimiseGraph } from '#circuits/graph/passes/optimise.js'
import { importOnnx } from '#circuits/import/import-model.js'
import type { ImportLimits } from '#circuits/import/limits.js'
import { type BuildOptions, type BuildResult, buildBundle } from '#prover/bundle/build.js'
import { uploadLimits } from '#service/builds/upload-limits.js'
import type { BuildStage } from '#service/jobs/job.js'
import { answerParent, readStandardInput } from '#service/sandbox/answer-parent.js'

export interface BuildRequest {
  /** Bytes of the model and of the calibration data, which standard input gives. */
  readonly lengths: readonly [model: number, calibration: number]
  readonly limits: ImportLimits
  readonly name: string
  readonly options: Omit<BuildOptions, 'onProgress' | 'onSearch' | 'signal'>
  /** Where the bundle goes. */
  readonly directory: string
}

const doing = 'the build'

/** The child process that builds one untrusted model. Proofs go before it. */
answerParent<BuildRequest, BuildStage, BuildResult>(
  async ({ lengths, limits, name, options, directory }, tell) => {
    setPriority(10)
    tell('import')
    const [onnx, data] = await readStandardInput(lengths)
    const graph = optimiseGraph(importOnnx(onnx!, limits))
    const calibration = parseDataset(data!, graph.inputs, uploadLimits)
    return buildBundle(onnx!, { ...graph, name }, calibration, directory, {
      ...options,
      onProgress: ({ stage, done }) => {
        if (done === undefined) tell(stage)
      },
    }).catch((error) => {
      throw asMemoryError(error) ?? error
    })
  },
  { doing, watched: true },
)

/** A compiler that runs out of memory is ended by a signal, or says so. */
function asMemoryError(error: unknown): ZkserveError | null {
  if (!(error instanceof ZkserveError) || error.code !== 'COMPILER_FAILED') return null
  const text = `${error.message} ${String(error.details.log ?? '')}`
  if (
    !/code (null|134|137|139)\b|out of memory|allocation (of|failed)|memory access out of bounds/i.test(text)
  )
    return null
  return new ZkserveError('MODEL_TOO_LARGE', `${doing} needs more memory than allowed`, { cause: error })
}
