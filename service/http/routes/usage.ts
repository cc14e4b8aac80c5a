import type { Route } from '#service/http/route.js'
import { problemReplies } from '#service/http/schemas/problem.js'
import { usageSchema } from '#service/http/schemas/usage.js'
import { TenantAdmin } from '#service/tenants/tenant-admin.js'
import { nextDay } from '#service/tenants/usage.js'

const schema = {
  operationId: 'getUsage',
  summary: 'What the tenant may use, and what it used today',
  tags: ['tenants'],
  response: { 200: usageSchema, ...problemReplies },
}

/** GET /usage */
export const usageRoute: Route = async (app, { config, database }) => {
  const tenants = new TenantAdmin(database)
  app.get('/usage', { schema, config: { scope: 'read' } }, async ({ tenant }, reply) => {
    const { limits, openJobs, today } = await tenants.show(tenant.id)
    const { day, constraints, proofs } = today
    reply.header('cache-control', 'no-store')
    return {
      tenant: tenant.id,
      day,
      resetsAt: new Date(nextDay(new Date(day))).toISOString(),
      used: { constraints, proofs, openJobs },
      limits: {
        constraintsPerDay: limits.constraintsPerDay ?? orAny(config.constraintsPerDay),
        openJobs: limits.openJobs ?? orAny(config.openJobs),
        requestsPerMinute: limits.requestsPerMinute ?? orAny(config.requestsPerMinute),
      },
    }
  })
}

/** Settings that are 0 limit nothing. */
function orAny(setting: number): number | null {
  return setting || null
}
