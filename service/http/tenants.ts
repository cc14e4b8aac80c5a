import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ZkserveError } from '#circuits/errors.js'
import { createFailureLimit } from '#service/http/rate-limits.js'
import type { Services } from '#service/http/services.js'
import { Authenticator } from '#service/tenants/authenticator.js'
import { DefaultLimits } from '#service/tenants/default-limits.js'
import { nobody, type Scope, type Tenant } from '#service/tenants/tenant.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** On whose behalf the request is made; `nobody` on routes without a scope where the service asks for keys. */
    tenant: Tenant
  }
  interface FastifyContextConfig {
    /** What a key must allow for the route; routes without a scope are open to all. */
    scope?: Scope
  }
}

/** Finds out for every request on whose behalf it is made, and refuses those that their key does not allow. */
export async function registerTenants(instance: FastifyInstance, services: Services): Promise<void> {
  instance.decorateRequest('tenant')
  const tenantOf = services.config.auth === 'keys' ? byKeys(instance, services) : await byDefault(services)
  instance.addHook('onRequest', async (request, reply) => {
    const scope = request.routeOptions.config?.scope
    request.tenant = await tenantOf(request, reply, scope)
    if (scope === undefined || request.tenant.scopes.includes(scope)) return
    reply.header('www-authenticate', `Bearer realm="zkserve", error="insufficient_scope", scope="${scope}"`)
    throw new ZkserveError('FORBIDDEN', `this needs a key with the scope "${scope}"`)
  })
}

type TenantOf = (
  request: FastifyRequest,
  reply: FastifyReply,
  scope: Scope | undefined,
) => Tenant | Promise<Tenant>

async function byDefault({ database }: Services): Promise<TenantOf> {
  const limits = new DefaultLimits(database)
  await limits.read()
  return () => limits.tenant
}

/** RFC 6750: `Authorization: Bearer KEY`. */
function byKeys(instance: FastifyInstance, { database }: Services): TenantOf {
  const authenticator = new Authenticator(database, {})
  const failures = createFailureLimit(instance)
  return async (request, reply, scope) => {
    if (scope === undefined) return nobody
    const { authorization } = request.headers
    if (authorization === undefined) {
      reply.header('www-authenticate', 'Bearer realm="zkserve"')
      throw new ZkserveError('UNAUTHENTICATED', 'the request carries no API key')
    }
    const key = /^bearer +(\S+) *$/i.exec(authorization)?.[1] ?? ''
    // Whoever guesses is stopped; keys that were seen before go on, whatever others do at their address.
    if (!authenticator.knows(key)) await failures.check(request)
    try {
      return await authenticator.authenticate(key)
    } catch (error) {
      if (error instanceof ZkserveError && error.code === 'UNAUTHENTICATED') {
        reply.header('www-authenticate', 'Bearer realm="zkserve", error="invalid_token"')
        await failures.count(request)
      }
      throw error
    }
  }
}
