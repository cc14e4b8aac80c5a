import { ZkserveError } from '#circuits/errors.js'
import type { Route } from '#service/http/route.js'
import { jobParametersSchema, jobReply, jobSchema } from '#service/http/schemas/job.js'
import { problemReplies } from '#service/http/schemas/problem.js'

const schema = {
  operationId: 'getJob',
  summary: 'State of a job, and its result',
  description:
    'Where the service asks for no API keys, the id is the only key to the result: keep it private.',
  tags: ['jobs'],
  params: jobParametersSchema,
  response: { 200: jobSchema, ...problemReplies },
}

/** GET /jobs/:id */
export const jobRoute: Route = async (app, { jobs, payments }) => {
  app.get('/jobs/:id', { schema, config: { scope: 'read' } }, async (request, reply) => {
    const job = await jobs.get(request.tenant.id, request.params.id)
    if (job === null) throw jobNotFound()
    await payments?.desk.tell(reply, job.tenant, job.id)
    reply.header('cache-control', 'no-store')
    return jobReply(job, request.id)
  })
}

export function jobNotFound(): ZkserveError {
  return new ZkserveError('JOB_NOT_FOUND', 'no job of this id is known')
}
