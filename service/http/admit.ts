import type { FastifyRequest } from 'fastify'
import type { Bundle } from '#prover/bundle/load.js'
import type { Permit } from '#service/access/access-gate.js'
import type { Services } from '#service/http/services.js'

/**
 * The permit of a request, null where its model asks for none. Before anything is told of earlier requests.
 * @throws ZkserveError why it is refused, `MODEL_NOT_FOUND`
 */
export async function admit(
  { access }: Pick<Services, 'access'>,
  request: FastifyRequest,
  findBundle: () => Promise<Bundle>,
): Promise<Permit | null> {
  if (!access.guards) return null
  const { manifest } = await findBundle()
  return access.admit(request, manifest.vkHash)
}

/** What an Idempotency-Key stands for: of a signed request also who made it. */
export function payloadOf(payload: unknown, permit: Permit | null): unknown {
  return permit === null ? payload : { payload, requester: permit.requester }
}

/** Spends the permit for what is taken on; where that fails, the request may come again. */
export async function spending<Taken>(permit: Permit | null, take: () => Promise<Taken>): Promise<Taken> {
  if (permit === null) return take()
  await permit.spend()
  try {
    return await take()
  } catch (error) {
    await permit.release()
    throw error
  }
}
