import { Readable } from 'node:stream'
import { ZkserveError } from '#circuits/errors.js'
import { eventText } from '#service/http/event-text.js'
import type { Route } from '#service/http/route.js'
import { jobNotFound } from '#service/http/routes/job.js'
import { eventsHeadersSchema, jobEventsSchema, jobParametersSchema } from '#service/http/schemas/job.js'
import { problemReplies } from '#service/http/schemas/problem.js'
import { isFinal } from '#service/jobs/job.js'

const schema = {
  operationId: 'watchJob',
  summary: 'States and stages of a job as they come',
  description: `Server-sent events. What the job went through already comes first, or what follows \`Last-Event-ID\`.
204 where the job has ended and nothing follows.`,
  tags: ['jobs'],
  params: jobParametersSchema,
  headers: eventsHeadersSchema,
  response: {
    200: { description: 'The events.', content: { 'text/event-stream': { schema: jobEventsSchema } } },
    204: { description: 'No more events will come.' },
    ...problemReplies,
  },
}

/** Seconds after which a reader may come again whose stream was refused. */
const retryAfter = 5

/** GET /jobs/:id/events */
export const jobEventsRoute: Route = async (app, { config, jobs }) => {
  let open = 0
  const options = { schema, config: { scope: 'read' }, exposeHeadRoute: false } as const
  app.get('/jobs/:id/events', options, async (request, reply) => {
    const { id } = request.params
    const tenant = request.tenant.id
    const after = Number(request.headers['last-event-id'] ?? 0)
    const job = await jobs.get(tenant, id)
    if (job === null) throw jobNotFound()
    reply.header('cache-control', 'no-store')
    if (isFinal(job.status.state) && after >= job.history.length) return reply.code(204).send()
    if (open >= config.eventStreams) {
      const message = `${open} event streams are open already`
      throw new ZkserveError('TOO_MANY_STREAMS', message, { details: { retryAfter } })
    }
    open++
    const left = new AbortController()
    const stream = Readable.from(eventText(jobs.watch(tenant, id, left.signal), after))
    // The stream closes after what it waits for, which ends with the signal.
    stream.once('close', () => open--)
    reply.raw.once('close', () => left.abort())
    if (reply.raw.destroyed) left.abort()
    // Proxies that buffer would hold events back.
    return reply.type('text/event-stream').header('x-accel-buffering', 'no').send(stream)
  })
}
