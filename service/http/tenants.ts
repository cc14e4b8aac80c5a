import type { FastifyInstance } from 'fastify'
import type { Services } from '#service/http/services.js'
import { defaultTenant, type Scope, type Tenant } from '#service/tenants/tenant.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** On whose behalf the request is made. */
    tenant: Tenant
  }
  interface FastifyContextConfig {
    /** What a key must allow for the route; routes without a scope are open to all. */
    scope?: Scope
  }
}

/** Finds out for every request on whose behalf it is made. */
export function registerTenants(instance: FastifyInstance, _services: Services): void {
  instance.decorateRequest('tenant')
  instance.addHook('onRequest', async (request) => {
    request.tenant = defaultTenant
  })
}
