import type { Kysely } from 'kysely'
import type { AuditRecord } from '#service/audit/audit-record.js'
import type { AuditHead } from '#service/audit/verify-chain.js'
import { guarded } from '#service/database/guarded.js'
import type { Tables } from '#service/database/tables.js'

/** Records of one page. */
const pageSize = 1000

/** Up to a page of records from a number on, in their order. @throws ZkserveError `DATABASE_UNAVAILABLE` */
export async function readPage(tables: Kysely<Tables>, from: number): Promise<AuditRecord[]> {
  const rows = await guarded(() =>
    tables
      .selectFrom('audit_log')
      .selectAll()
      .where('seq', '>=', String(from))
      .orderBy('seq')
      .limit(pageSize)
      .execute(),
  )
  // Whole numbers of 64 bits come as text.
  return rows.map((row) => ({ ...row, seq: Number(row.seq), at: Number(row.at) }))
}

/** All records from a number on, page by page. */
export async function* readRecords(
  page: (from: number) => Promise<AuditRecord[]>,
  from = 1,
): AsyncGenerator<AuditRecord> {
  for (let next = from; ; ) {
    const records = await page(next)
    yield* records
    const last = records.at(-1)
    if (last === undefined || records.length < pageSize) return
    next = last.seq + 1
  }
}

/** The last record, null for an empty log. @throws ZkserveError `DATABASE_UNAVAILABLE` */
export async function readHead(tables: Kysely<Tables>): Promise<AuditHead | null> {
  const row = await guarded(() =>
    tables.selectFrom('audit_log').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirst(),
  )
  return row === undefined ? null : { seq: Number(row.seq), hash: row.hash }
}
