import { Check } from 'typebox/value'
import { ZkserveError } from '#circuits/errors.js'
import type { FoundModel } from '#service/agents/discover.js'
import { type FetchOptions, invalid, mayFetch } from '#service/agents/read-registration.js'
import { ordersName } from '#service/agents/registration-file.js'
import { deliverySchema, type SentDelivery } from '#service/agents/seller-app.js'
import type { WorkOrder } from '#service/agents/work-order.js'
import { ZkserveClientError } from '#service/client/client-error.js'
import { Transport } from '#service/client/transport.js'

/** Bytes of a delivery that are read at most. */
const largest = 4_194_304

export interface SendOptions extends FetchOptions {
  /** ms that a delivery may take; ten minutes by default. */
  readonly patience?: number
}

/**
 * Tells a seller of a job that is escrowed, where its registration file says that it takes orders, and waits until it
 * is delivered. Sent again where the answer is lost: a seller answers as the first time. What comes is unchecked: give
 * it to `Buyer.take`.
 *
 * @throws ZkserveError `JOB_REFUSED`; `INVALID_AGENT` where it takes no orders, cannot be reached, or answers something else
 */
export async function sendOrder(
  { file }: Pick<FoundModel, 'file'>,
  { jobId, input, salt }: WorkOrder,
  { patience = 600_000, ...options }: SendOptions = {},
): Promise<SentDelivery> {
  const endpoint = file.services.find(({ name }) => name === ordersName)?.endpoint
  if (endpoint === undefined) throw invalid('it takes no orders')
  if (!mayFetch(endpoint, options)) throw invalid('its endpoint for orders is not https')
  const body = { jobId: String(jobId), input, salt: String(salt) }
  try {
    const transport = new Transport({ url: endpoint, timeout: patience, largest })
    const delivery = await transport.json<unknown>('POST', '', { body, repeatable: true })
    if (Check(deliverySchema, delivery)) return delivery
  } catch (error) {
    const isRefusal = error instanceof ZkserveClientError && error.code === 'JOB_REFUSED'
    if (isRefusal) throw new ZkserveError('JOB_REFUSED', error.message, { cause: error })
    throw invalid('it does not deliver', {}, error)
  }
  throw invalid('what it delivers is no proven answer')
}
