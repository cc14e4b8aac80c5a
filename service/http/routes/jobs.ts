import { readCursor, writeCursor } from '#service/http/cursor.js'
import type { Route } from '#service/http/route.js'
import { jobReply } from '#service/http/schemas/job.js'
import { jobsQuerySchema, jobsSchema } from '#service/http/schemas/job-list.js'
import { problemReplies } from '#service/http/schemas/problem.js'

const schema = {
  operationId: 'listJobs',
  summary: 'Jobs, newest first',
  description: 'Without their results. Jobs that come while pages are read do not move what follows.',
  tags: ['jobs'],
  querystring: jobsQuerySchema,
  response: { 200: jobsSchema, ...problemReplies },
}

const jobIds = /^[0-9a-f]{32}$/

/** GET /jobs */
export const jobsRoute: Route = async (app, { jobs }) => {
  app.get('/jobs', { schema, config: { scope: 'read' } }, async (request, reply) => {
    const { limit = '50', cursor, state } = request.query
    const page = await jobs.list(request.tenant.id, {
      limit: Number(limit),
      ...(state === undefined ? {} : { state }),
      ...(cursor === undefined ? {} : { before: readCursor(cursor, jobIds) }),
    })
    const next = page.next && writeCursor(page.next)
    if (next !== null) {
      const query = new URLSearchParams({ ...request.query, cursor: next })
      reply.header('link', `</jobs?${query}>; rel="next"`)
    }
    reply.header('cache-control', 'no-store')
    const listed = page.jobs.map((job) => {
      const { result: _, ...summary } = jobReply(job, request.id)
      return { ...summary, url: `/jobs/${job.id}` }
    })
    return { jobs: listed, next }
  })
}
