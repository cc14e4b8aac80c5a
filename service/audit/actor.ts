import { type Kysely, sql, type Transaction } from 'kysely'
import type { Tables } from '#service/database/tables.js'
import type { Tenant } from '#service/tenants/tenant.js'

/** A client as the audit log names it: by its key, where the service asks for one. */
export function actorOf({ key }: Pick<Tenant, 'key'>): string {
  return key === null ? 'client' : `key:${key}`
}

/** Does work in a transaction whose changes are somebody's; without an actor, whoever changes such tables. */
export function actAs<Result>(
  tables: Kysely<Tables>,
  actor: string | undefined,
  work: (tables: Transaction<Tables>) => Promise<Result>,
): Promise<Result> {
  return tables.transaction().execute(async (transaction) => {
    if (actor !== undefined)
      await sql`select set_config('zkserve.actor', ${actor}, true)`.execute(transaction)
    return work(transaction)
  })
}
