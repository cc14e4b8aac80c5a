import { type Static, Type } from 'typebox'
import { ZkserveError } from '#circuits/errors.js'
import { jobExample } from '#service/http/schemas/examples.js'
import { jobSchema } from '#service/http/schemas/job.js'
import type { JobCursor } from '#service/jobs/list-jobs.js'

export const jobsQuerySchema = Type.Object(
  {
    limit: Type.Optional(
      Type.String({
        pattern: '^([1-9][0-9]?|100)$',
        description: 'Jobs of a page, 1 to 100; 50 by default.',
      }),
    ),
    cursor: Type.Optional(Type.String({ maxLength: 200, description: '`next` of the page before.' })),
    state: Type.Optional(
      Type.Enum(['queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired'], {
        description: 'Jobs in this state alone.',
      }),
    ),
  },
  { additionalProperties: false },
)

const { result: _result, ...listed } = jobSchema.properties

export const jobSummarySchema = Type.Object({
  ...listed,
  url: Type.String({ description: 'Where the job is, with its result.' }),
})

export type JobSummary = Static<typeof jobSummarySchema>

const { result: _shown, ...exampleOfList } = jobExample

export const jobsSchema = Type.Object(
  {
    jobs: Type.Array(jobSummarySchema),
    next: Type.Union([Type.String(), Type.Null()], {
      description: '`cursor` of the next page, also in the Link header; null after the last.',
    }),
  },
  { examples: [{ jobs: [{ ...exampleOfList, url: `/jobs/${jobExample.id}` }], next: null }] },
)

/** A place in the list of jobs, for whoever asks for the next page. */
export function writeCursor({ createdAt, id }: JobCursor): string {
  return Buffer.from(`${createdAt} ${id}`).toString('base64url')
}

/** @throws ZkserveError `INVALID_REQUEST` */
export function readCursor(text: string): JobCursor {
  const [, createdAt, id] =
    /^(\d{1,17}) ([0-9a-f]{32})$/.exec(Buffer.from(text, 'base64url').toString()) ?? []
  if (createdAt !== undefined && id !== undefined) return { createdAt, id }
  throw new ZkserveError('INVALID_REQUEST', 'the cursor is none of this list', {
    hints: ['Give the `next` of the page before, as it is.'],
  })
}
