import { type SerialisedError, ZkserveError } from '#circuits/errors.js'
import type { FloatTensor } from '#circuits/graph/graph.js'
import type { AnswerReply, ProofReply } from '#service/http/schemas/inference.js'

/** What a client of the service sends beside the input. */
export interface InferOptions {
  readonly model: string
  readonly requester?: string
  readonly nonce?: bigint
  readonly salt?: bigint
}

/** Asks a running service for an answer without proof. */
export function askAnswer(url: string, input: FloatTensor, options: InferOptions): Promise<AnswerReply> {
  return post(`${url}/infer`, { ...plain(options), input: Array.from(input.data), proof: false })
}

/** Asks a running service for an answer with its proof, and waits for it. */
export function askProof(url: string, input: FloatTensor, options: InferOptions): Promise<ProofReply> {
  return post(`${url}/infer`, { ...plain(options), input: Array.from(input.data), wait: true })
}

function plain({ nonce, salt, ...rest }: InferOptions) {
  return {
    ...rest,
    ...(nonce === undefined ? {} : { nonce: nonce.toString() }),
    ...(salt === undefined ? {} : { salt: salt.toString() }),
  }
}

async function post<T>(url: string, body: unknown): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const reply: unknown = await response.json()
  if (response.ok) return reply as T
  const { code, detail, hints, details } = reply as SerialisedError & { readonly detail: string }
  throw new ZkserveError(code, detail, { hints, details })
}
