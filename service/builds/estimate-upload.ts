import { toZkserveError, ZkserveError } from '#circuits/errors.js'
import { defaultLimits } from '#circuits/import/limits.js'
import type { BuildTask } from '#service/builds/build-task.js'
import type { ConstraintLimit } from '#service/builds/constraint-limit.js'
import type { Estimate, EstimateRequest } from '#service/builds/estimate-child.js'
import type { Upload } from '#service/builds/uploads.js'
import { runLimited } from '#service/sandbox/run-limited.js'

/** Limits of reading an upload: bytes of memory, and ms; two million constraints take about half of them. */
const [memory, timeout] = [2 ** 30, 60_000]

/**
 * Reads an upload in a child process, and says what it will cost.
 * @throws ZkserveError what refuses the model; `MODEL_TOO_LARGE` beyond the limit, or where judging it takes too long
 */
export async function estimateUpload(
  { model, calibration }: Upload,
  options: BuildTask['options'],
  limit: ConstraintLimit,
  signal: AbortSignal,
): Promise<Estimate> {
  try {
    return await runLimited<EstimateRequest, never, Estimate>({
      script: 'service/builds/estimate-child.js',
      request: { lengths: [model.length, calibration.length], limits: defaultLimits, options, limit },
      input: [model, calibration],
      doing: 'reading the model',
      ...{ memory, timeout, signal },
    })
  } catch (cause) {
    if (toZkserveError(cause).code !== 'TIMEOUT') throw cause
    throw new ZkserveError('MODEL_TOO_LARGE', 'the model is too large to be judged in a minute', { cause })
  }
}
