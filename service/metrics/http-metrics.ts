import type { FastifyInstance } from 'fastify'
import { Histogram, type Registry } from 'prom-client'

/** Upper ends of the buckets, in seconds: answers take milliseconds, waits for proofs up to minutes. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]

/**
 * Times requests, by route and status: `_count` is their number. Labels are bounded: what fits no route is `none`, and
 * addresses are nowhere.
 */
export function measureRequests(app: FastifyInstance, registry: Registry): void {
  const times = new Histogram({
    registers: [registry],
    name: 'zkserve_http_request_seconds',
    help: 'Time from the head of a request to the end of its reply; event streams count whole.',
    labelNames: ['method', 'route', 'status'],
    buckets,
  })
  app.addHook('onResponse', async ({ method, routeOptions }, { statusCode, elapsedTime }) => {
    const { url } = routeOptions
    const labels = url === undefined ? { method: 'any', route: 'none' } : { method, route: url }
    times.observe({ ...labels, status: String(statusCode) }, elapsedTime / 1000)
  })
}
