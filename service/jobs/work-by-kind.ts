import { ZkserveError } from '#circuits/errors.js'
import type { JobKind } from '#service/jobs/job.js'
import type { Work } from '#service/jobs/job-worker.js'
import type { ServiceTask } from '#service/jobs/tasks.js'

/** How a process does each kind of job; null where it leaves them to others. */
export type WorkByKind<Result> = {
  readonly [Kind in JobKind]: Work<Extract<ServiceTask, { readonly kind: Kind }>, Result> | null
}

/** Does each job as its kind asks. */
export function workByKind<Result>(works: WorkByKind<Result>): Work<ServiceTask, Result> {
  return (claim, options) => {
    const { task } = claim
    if (task.kind === 'proof' && works.proof !== null) return works.proof({ ...claim, task }, options)
    if (task.kind === 'build' && works.build !== null) return works.build({ ...claim, task }, options)
    throw new ZkserveError('INTERNAL', `this process does no jobs of kind ${task.kind}`)
  }
}
