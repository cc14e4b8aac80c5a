import { createHash } from 'node:crypto'

/** One thing that happened, as the audit log keeps it. */
export interface AuditRecord {
  /** 1, 2, 3, …, without gaps. */
  readonly seq: number
  /** ms since the epoch, by the database's clock. */
  readonly at: number
  /** Whom it concerns; empty where it is nobody's. */
  readonly tenant: string
  /**
   * Who did it: `key:ID`, `client` (without a key, where the service asks for none), `operator`, `worker:NAME`,
   * `service:NAME`, or `service` for any.
   */
  readonly actor: string
  /** What was done, such as `job.accepted`. */
  readonly action: string
  /** To what: the text of a JSON object. */
  readonly subject: string
  /** Hash of the record before; 64 zeros in the first. */
  readonly previous: string
  readonly hash: string
}

/** What stands in the place of a hash before the first record. */
export const noHash = '0'.repeat(64)

/**
 * The hash that a record must have: SHA-256, in hex, of eight netstrings (length in bytes, `:`, the UTF-8 text, `,`):
 * `zkserve audit v1`, previous, seq, at, tenant, actor, action, subject; numbers in decimal.
 */
export function hashOf({ previous, seq, at, tenant, actor, action, subject }: AuditRecord): string {
  const fields = ['zkserve audit v1', previous, String(seq), String(at), tenant, actor, action, subject]
  const hash = createHash('sha256')
  for (const field of fields) hash.update(`${Buffer.byteLength(field)}:${field},`)
  return hash.digest('hex')
}
