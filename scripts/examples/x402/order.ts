import type { ZkserveClient } from '#service/client/client.js'
import type { JobReply } from '#service/http/schemas/job.js'
import type { PaymentRequired } from '#service/payments/x402.js'
import { decodeHeader, requiredHeader, signatureHeader } from '#service/payments/x402-headers.js'

/** What a paid order is answered with before it is paid. */
interface Ordered {
  readonly job: { readonly id: string }
}

/** What is asked for: the body of POST /infer. */
export type OrderBody =
  | { readonly input: readonly number[] }
  | { readonly batch: readonly (readonly number[])[] }

/** Asks for proofs, as any HTTP client does; with what was signed, pays for them. */
export function order(url: string, body: OrderBody, signed?: string): Promise<Response> {
  const headers = { 'content-type': 'application/json', ...(signed && { [signatureHeader]: signed }) }
  return fetch(`${url}/infer`, { method: 'POST', headers, body: JSON.stringify(body) })
}

/** What the service asks for. */
export async function requiredFor(url: string, body: OrderBody): Promise<PaymentRequired> {
  const { headers } = await order(url, body)
  return decodeHeader(headers.get(requiredHeader) ?? '') as PaymentRequired
}

/** Ids of the jobs that an order made. */
export async function jobsOf(reply: Response): Promise<readonly string[]> {
  const ordered = (await reply.json()) as Ordered | { readonly batch: readonly Ordered[] }
  return 'batch' in ordered ? ordered.batch.map(({ job }) => job.id) : [ordered.job.id]
}

/** A job at its end. */
export async function endOf(client: ZkserveClient, id: string): Promise<JobReply> {
  for await (const { state } of client.jobs.events(id)) if (state === 'succeeded') break
  return client.jobs.get(id)
}
