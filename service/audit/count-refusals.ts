import type { FastifyInstance } from 'fastify'
import type { AuditTrail } from '#service/audit/audit-trail.js'

/** Counts requests that were refused for want of a key, or of a right, for the audit log. */
export function countRefusals(instance: FastifyInstance, audit: AuditTrail): void {
  instance.addHook('onResponse', async (_request, { statusCode }) => {
    if (statusCode === 401 || statusCode === 403) audit.refused(statusCode)
  })
}
