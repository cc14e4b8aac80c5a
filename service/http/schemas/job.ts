import { type Static, Type } from 'typebox'
import { toProblem } from '#service/http/problem.js'
import {
  type BuildReply,
  buildReplySchema,
  type ModelName,
  modelNameSchema,
} from '#service/http/schemas/build.js'
import { jobEventsExample, jobExample } from '#service/http/schemas/examples.js'
import { type ProofReply, proofReplySchema } from '#service/http/schemas/inference.js'
import { type ModelHashes, modelHashesSchema } from '#service/http/schemas/model.js'
import { problemSchema } from '#service/http/schemas/problem.js'
import { isoOrNull, isoTime, time } from '#service/http/schemas/time.js'
import { type Job, jobStages } from '#service/jobs/job.js'

const nullable = <Schema extends Parameters<typeof Type.Union>[0][number]>(schema: Schema) =>
  Type.Union([schema, Type.Null()])

export const jobParametersSchema = Type.Object({
  id: Type.String({ pattern: '^[0-9a-f]{32}$', description: 'Id of the job.' }),
})

export const eventsHeadersSchema = Type.Object({
  'last-event-id': Type.Optional(
    Type.String({
      pattern: '^[0-9]{1,9}$',
      description: 'Id of the last event that the reader has; later ones follow.',
      examples: ['2'],
    }),
  ),
})

/** Each event's `data` is JSON: `state`, `stage` (null but in `running`) and `at`. */
export const jobEventsSchema = Type.String({
  description: 'Server-sent events, one for each state and stage; the stream ends after the final state.',
  examples: [jobEventsExample],
})

/** What a job is about: a model that is served, or one that is built. */
export type JobSubject = ModelHashes | ModelName

export type JobResult = ProofReply | BuildReply

export const jobSchema = Type.Object(
  {
    id: Type.String(),
    kind: Type.Enum(['proof', 'build'], { description: 'Whether it makes a proof or builds a model.' }),
    state: Type.Enum(['queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired']),
    stage: nullable(Type.Enum([...jobStages])),
    model: Type.Union([modelHashesSchema, modelNameSchema]),
    createdAt: time('When it was accepted.'),
    startedAt: nullable(time('When a thread took it.')),
    finishedAt: nullable(time('When it ended.')),
    result: Type.Union([proofReplySchema, buildReplySchema, Type.Null()]),
    error: nullable(problemSchema),
  },
  { examples: [jobExample] },
)

export type JobReply = Static<typeof jobSchema>

/** A job as its reader sees it. */
export function jobReply(job: Job<JobSubject, JobResult>, requestId: string): JobReply {
  const { id, kind, status, subject } = job
  return {
    ...{ id, kind },
    state: status.state,
    stage: status.state === 'running' ? status.stage : null,
    model: subject,
    createdAt: isoTime(job.createdAt),
    startedAt: isoOrNull(job.startedAt),
    finishedAt: isoOrNull(job.finishedAt),
    result: status.state === 'succeeded' ? status.result : null,
    error: status.state === 'failed' ? toProblem(status.error, requestId) : null,
  }
}
