import type { JobProgress } from '#prover/ceremony/job-stages.js'
import { withInterrupt } from '#service/cli/interrupt.js'
import { createProgress } from '#service/cli/progress.js'

/** What a long job of a ceremony is given. */
export interface JobHooks {
  readonly onProgress: (progress: JobProgress) => void
  readonly signal: AbortSignal
}

/** Runs work with a bar through the stages, and ends it at Ctrl-C. */
export async function withJobProgress<Result>(
  stages: readonly string[],
  work: (hooks: JobHooks) => Promise<Result>,
): Promise<Result> {
  return withInterrupt(async (signal) => {
    const progress = createProgress(stages)
    try {
      return await work({
        signal,
        onProgress: ({ stage, done, total }) => progress.update(stage, done, total),
      })
    } finally {
      progress.end()
    }
  })
}
