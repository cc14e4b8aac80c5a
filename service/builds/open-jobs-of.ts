import { guarded } from '#service/database/guarded.js'
import type { Database } from '#service/database/open-database.js'

/** Ids of a tenant's jobs for a model that have not ended. */
export function openJobsOf({ tables }: Database, tenant: string, vkHash: string): Promise<string[]> {
  return guarded(async () => {
    const rows = await tables
      .selectFrom('jobs')
      .select('id')
      .where('tenant', '=', tenant)
      .where('model', '=', vkHash)
      .where('state', 'in', ['queued', 'running'])
      .execute()
    return rows.map(({ id }) => id)
  })
}
