import { actorOf } from '#service/audit/actor.js'
import type { Route } from '#service/http/route.js'
import { jobNotFound } from '#service/http/routes/job.js'
import { jobParametersSchema, jobReply, jobSchema } from '#service/http/schemas/job.js'
import { problemReplies } from '#service/http/schemas/problem.js'

const schema = {
  operationId: 'cancelJob',
  summary: 'Cancel a job',
  description: 'A job that has ended stays as it is; the reply gives its state.',
  tags: ['jobs'],
  params: jobParametersSchema,
  response: { 200: jobSchema, ...problemReplies },
}

/** DELETE /jobs/:id */
export const cancelJobRoute: Route = async (app, { jobs }) => {
  app.delete('/jobs/:id', { schema, config: { scope: 'infer' } }, async (request) => {
    const job = await jobs.cancel(request.tenant.id, request.params.id, actorOf(request.tenant))
    if (job === null) throw jobNotFound()
    return jobReply(job, request.id)
  })
}
