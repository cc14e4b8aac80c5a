import { createHash } from 'node:crypto'
import { ZkserveError } from '#circuits/errors.js'
import { resultOf } from '#service/http/await-job.js'
import type { Remembered } from '#service/jobs/new-job.js'

/** Levels of lists and objects that a payload may have: no input of a model has more. */
const deepest = 64
/** Seconds after which a client may ask again for an answer that is under way. */
const retryAfter = 1

/** An Idempotency-Key header and what it stands for. */
export interface RequestKey {
  readonly key: string
  /** SHA-256 in hex of the payload, whatever the order of its members. */
  readonly fingerprint: string
}

/**
 * The key of a request, null without the header; quoted as draft-ietf-httpapi-idempotency-key-header has it, or bare.
 * @throws ZkserveError `INVALID_REQUEST` for a payload too deep to compare
 */
export function requestKey(header: string | undefined, payload: unknown): RequestKey | null {
  if (header === undefined) return null
  const fingerprint = createHash('sha256').update(canonical(payload, 0)).digest('hex')
  return { key: header.replace(/^"(.+)"$/, '$1'), fingerprint }
}

/**
 * Says how the first request with the key was answered: with its job's result, or (null) with the job.
 * @throws ZkserveError `IDEMPOTENCY_CONFLICT`, `IDEMPOTENCY_BUSY`, what the first was refused with
 */
export function firstResult<Subject, Result>(
  first: Remembered<Subject, Result>,
  { fingerprint }: RequestKey,
): Result | null {
  if (first.fingerprint !== fingerprint) {
    throw new ZkserveError('IDEMPOTENCY_CONFLICT', 'this Idempotency-Key came with another request body')
  }
  if (!first.waits) return null
  const result = resultOf(first.job.status)
  if (result !== null) return result
  const details = { retryAfter, job: `/jobs/${first.job.id}` }
  throw new ZkserveError('IDEMPOTENCY_BUSY', 'the first request with this key still waits for its proof', {
    details,
  })
}

/** JSON with the members of objects in the order of their names. */
function canonical(value: unknown, depth: number): string {
  if (depth > deepest) throw new ZkserveError('INVALID_REQUEST', 'the request body is nested too deeply')
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, depth + 1)).join()}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, item]) => `${JSON.stringify(name)}:${canonical(item, depth + 1)}`).join()}}`
}
