import { ZkserveError } from '#circuits/errors.js'
import { defaultLimits } from '#circuits/import/limits.js'
import type { BuildTask } from '#service/builds/build-task.js'
import type { Estimate, EstimateRequest } from '#service/builds/estimate-child.js'
import type { Upload } from '#service/builds/uploads.js'
import { runLimited } from '#service/sandbox/run-limited.js'

/** Limits of reading an upload: bytes of memory, and ms. Tracing two million constraints takes about half of it. */
const [memory, timeout] = [2 ** 30, 60_000]

/** Reads an upload in a child process, and says what it will cost. @throws ZkserveError what refuses the model */
export function estimateUpload(
  { model, calibration }: Upload,
  options: BuildTask['options'],
  signal: AbortSignal,
): Promise<Estimate> {
  return runLimited<EstimateRequest, never, Estimate>({
    script: 'service/builds/estimate-child.js',
    request: { lengths: [model.length, calibration.length], limits: defaultLimits, options },
    input: [model, calibration],
    doing: 'reading the model',
    ...{ memory, timeout, signal },
  })
}

/** @throws ZkserveError `MODEL_TOO_LARGE` where the estimate exceeds the limit */
export function requireConstraints(estimate: number, limit: number, whose: string): void {
  if (estimate <= limit) return
  throw new ZkserveError(
    'MODEL_TOO_LARGE',
    `the circuit would have about ${estimate} constraints, and ${whose} allows ${limit}`,
    {
      hints: ['Use a smaller model or fewer bits; `zkserve inspect` tells the layers that cost most.'],
      details: { constraints: estimate, limit },
    },
  )
}
