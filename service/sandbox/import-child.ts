import { type OnnxReading, readOnnx } from '#circuits/import/import-model.js'
import type { ImportLimits } from '#circuits/import/limits.js'
import { answerParent, readStandardInput } from '#service/sandbox/answer-parent.js'

export interface ImportRequest {
  /** Bytes that standard input will give. */
  readonly length: number
  readonly limits: ImportLimits
}

/** The child process that reads one untrusted ONNX file, and gives back its graph. */
answerParent<ImportRequest, never, OnnxReading>(
  async ({ length, limits }) => {
    const [bytes] = await readStandardInput([length])
    return readOnnx(bytes!, limits)
  },
  { doing: 'reading the model' },
)
