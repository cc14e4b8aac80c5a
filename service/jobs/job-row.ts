import type { Selectable } from 'kysely'
import type { JobRow } from '#service/database/tables.js'
import type { Job, JobStatus } from '#service/jobs/job.js'
import type { TaskCodec } from '#service/jobs/task-codec.js'

/** What readers of a job get: not the task, which may be large and is secret. */
export const readColumns = [
  ...(['id', 'tenant', 'kind', 'subject', 'state', 'stage', 'result', 'error'] as const),
  ...(['created_at', 'started_at', 'finished_at', 'history'] as const),
] as const

/** What {@link readColumns} give. */
export type ReadRow = Pick<Selectable<JobRow>, (typeof readColumns)[number]>

/** Opens what is private of a job. */
type Opener = Pick<TaskCodec<never>, 'open'>

/** A row of the table as a job. @throws ZkserveError `DECRYPTION_FAILED` */
export function jobOf<Subject, Result>(row: ReadRow, opener: Opener): Job<Subject, Result> {
  return {
    id: row.id,
    tenant: row.tenant,
    kind: row.kind,
    subject: row.subject as Subject,
    status: statusOf(row, opener),
    createdAt: row.created_at.getTime(),
    startedAt: row.started_at?.getTime() ?? null,
    finishedAt: row.finished_at?.getTime() ?? null,
    history: row.history,
  }
}

function statusOf<Result>({ id, state, stage, result, error }: ReadRow, opener: Opener): JobStatus<Result> {
  if (state === 'running') return { state, stage: stage ?? 'load' }
  if (state === 'succeeded') return { state, result: opener.open(id, 'result', result!) as Result }
  if (state === 'failed') return { state, error: error! }
  return { state }
}
