import { type Kysely, sql } from 'kysely'

/** What the audit log tells of a table. */
export interface AuditedTable {
  readonly table: string
  /** What a row is: actions are `NOUN.added`, `NOUN.changed` and `NOUN.deleted`. */
  readonly noun: string
  /** Column with the tenant's id. */
  readonly tenant: string
  /** Who changes the table, where the transaction does not say. */
  readonly actor: 'operator' | 'client' | 'service'
  /** Columns that are told, and whose changes are; none that holds a secret. */
  readonly columns: readonly string[]
}

/** Makes the database note all changes of a table in the audit log, each in its transaction; for migrations. */
export async function auditTable(
  // biome-ignore lint/suspicious/noExplicitAny: migrations know no types of tables
  database: Kysely<any>,
  { table, noun, tenant, actor, columns }: AuditedTable,
): Promise<void> {
  const told = sql.join([noun, tenant, actor, ...columns].map((name) => sql.lit(name)))
  const watched = sql.join(columns.map((name) => sql.ref(name)))
  // At the end of the transaction, so that the log's lock is the last that is taken.
  await sql`create constraint trigger ${sql.ref(`${table}_audited`)}
    after insert or update of ${watched} or delete on ${sql.table(table)}
    deferrable initially deferred for each row execute function audit_row(${told})`.execute(database)
}
