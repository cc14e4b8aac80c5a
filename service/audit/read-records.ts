import type { Kysely } from 'kysely'
import type { AuditRecord } from '#service/audit/audit-record.js'
import type { AuditHead } from '#service/audit/verify-chain.js'
import { guarded } from '#service/database/guarded.js'
import type { Tables } from '#service/database/tables.js'

const page = 1000

/** The records from a number on, in their order. @throws ZkserveError `DATABASE_UNAVAILABLE` */
export async function* readRecords(tables: Kysely<Tables>, from = 1): AsyncGenerator<AuditRecord> {
  let next = from
  for (;;) {
    const rows = await guarded(() =>
      tables
        .selectFrom('audit_log')
        .selectAll()
        .where('seq', '>=', next)
        .orderBy('seq')
        .limit(page)
        .execute(),
    )
    // Whole numbers of 64 bits come as text.
    for (const row of rows) yield { ...row, seq: Number(row.seq), at: Number(row.at) }
    if (rows.length < page) return
    next = Number(rows.at(-1)!.seq) + 1
  }
}

/** The last record, null for an empty log. @throws ZkserveError `DATABASE_UNAVAILABLE` */
export async function readHead(tables: Kysely<Tables>): Promise<AuditHead | null> {
  const row = await guarded(() =>
    tables.selectFrom('audit_log').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirst(),
  )
  return row === undefined ? null : { seq: Number(row.seq), hash: row.hash }
}
