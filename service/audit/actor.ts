import { sql } from 'kysely'
import type { Tenant } from '#service/tenants/tenant.js'

/** A client as the audit log names it. */
export function actorOf({ key }: Pick<Tenant, 'key'>): string {
  return key === null ? 'anonymous' : `key:${key}`
}

/** Tells the database who acts, for the audit log, up to the end of the transaction. */
export function actingAs(actor: string) {
  return sql`set_config('zkserve.actor', ${actor}, true)`
}
