import rateLimit, { normalizeIP } from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ZkserveError } from '#circuits/errors.js'
import type { Config } from '#service/config/schema.js'

/** ms in which requests are counted. */
const window = 60_000
/** Tenants and addresses that are counted at once; those seen last. */
const counters = 20_000
/** What load balancers and Prometheus ask. */
const probes = /^(\/v2)?\/health\/|^\/metrics$/
/** Wrong keys that an address may try in a minute. */
const failuresPerMinute = 60

/**
 * Limits requests by the minute, those with a key by their tenant, others by their address (IPv6 by its network of
 * 64 bits). Each process counts for itself. A tenant's own limit goes before the setting, which is off at 0; load
 * balancers' probes and metrics are not limited.
 */
export async function registerRateLimits(
  instance: FastifyInstance,
  { requestsPerMinute }: Pick<Config, 'requestsPerMinute'>,
): Promise<void> {
  const limitOf = ({ tenant }: FastifyRequest): number =>
    tenant.limits.requestsPerMinute ?? (requestsPerMinute || Number.POSITIVE_INFINITY)
  await instance.register(rateLimit, {
    timeWindow: window,
    cache: counters,
    enableDraftSpec: true,
    max: limitOf,
    keyGenerator: (request) =>
      request.tenant.key === null ? normalizeIP(request.ip) : `tenant ${request.tenant.id}`,
    allowList: (request) =>
      limitOf(request) === Number.POSITIVE_INFINITY || probes.test(request.routeOptions.url ?? ''),
    errorResponseBuilder: (_request, { max, ttl }) => tooMany(`more than ${max} requests in a minute`, ttl),
  })
}

/** Counts failures of authentication by address. */
export interface FailureLimit {
  /** @throws ZkserveError `RATE_LIMITED` where the address failed too often */
  check(request: FastifyRequest): Promise<void>
  count(request: FastifyRequest): Promise<void>
}

/** To be called after {@link registerRateLimits}. */
export function createFailureLimit(instance: FastifyInstance): FailureLimit {
  const limit = instance.createRateLimit({
    max: failuresPerMinute,
    timeWindow: window,
    allowList: [],
    keyGenerator: ({ ip }) => normalizeIP(ip),
  })
  return {
    check: async (request) => {
      const state = await limit(request, { increment: false })
      if (!state.isAllowed && state.remaining === 0)
        throw tooMany('too many requests from this address with wrong keys', state.ttl)
    },
    count: async (request) => {
      await limit(request)
    },
  }
}

function tooMany(message: string, ttl: number): ZkserveError {
  return new ZkserveError('RATE_LIMITED', message, { details: { retryAfter: Math.ceil(ttl / 1000) } })
}
