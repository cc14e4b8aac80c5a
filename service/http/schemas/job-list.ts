import { type Static, Type } from 'typebox'
import { jobExample } from '#service/http/schemas/examples.js'
import { jobSchema } from '#service/http/schemas/job.js'

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
