import { ZkserveError } from '#circuits/errors.js'
import { type AuditRecord, hashOf, noHash } from '#service/audit/audit-record.js'

/** A place in the log that is known from elsewhere. */
export interface AuditHead {
  readonly seq: number
  readonly hash: string
}

export interface VerifyChainOptions {
  /** Number of the first record that is given; 1 by default. What it follows from is taken on trust. */
  readonly from?: number
  /** Heads that were written down before, which the log must hold. */
  readonly heads?: readonly AuditHead[]
}

/** What a chain that holds consists of. */
export interface VerifiedChain {
  readonly records: number
  /** The last record; null for an empty log. */
  readonly head: AuditHead | null
}

/**
 * Walks a chain of records in their order.
 * @throws ZkserveError `AUDIT_BROKEN` with the first bad number in `details.seq`
 */
export async function verifyChain(
  records: AsyncIterable<AuditRecord>,
  { from = 1, heads = [] }: VerifyChainOptions = {},
): Promise<VerifiedChain> {
  const missing = new Map<number, string>()
  for (const { seq, hash } of heads) {
    if (seq < from) continue
    if ((missing.get(seq) ?? hash) !== hash)
      throw broken(seq, `two hashes of record ${seq} were written down`)
    missing.set(seq, hash)
  }
  let head: AuditHead | null = null
  let expected = from
  for await (const record of records) {
    if (record.seq !== expected) {
      throw broken(expected, `record ${expected} is missing: record ${record.seq} stands in its place`)
    }
    const before: string = head?.hash ?? (from === 1 ? noHash : record.previous)
    if (record.previous !== before)
      throw broken(expected, `record ${expected} does not follow from the one before`)
    if (record.hash !== hashOf(record)) throw broken(expected, `record ${expected} was changed`)
    head = { seq: record.seq, hash: record.hash }
    if ((missing.get(record.seq) ?? record.hash) !== record.hash)
      throw broken(expected, `record ${expected} is another than when its hash was written down`)
    missing.delete(record.seq)
    expected++
  }
  const [lost] = missing.keys()
  if (lost !== undefined) {
    throw broken(expected, `it ends before record ${lost}, whose hash was written down`)
  }
  return { records: expected - from, head }
}

function broken(seq: number, message: string): ZkserveError {
  return new ZkserveError('AUDIT_BROKEN', `the audit log is broken: ${message}`, { details: { seq } })
}
