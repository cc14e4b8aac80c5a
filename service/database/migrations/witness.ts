import type { Migration } from 'kysely'
import { auditTable } from '#service/audit/audit-table.js'

/** The audit log tells of models and webhooks too; of these without their addresses, which may hold secrets. */
export const witness: Migration = {
  up: async (database) => {
    await auditTable(database, {
      ...{ table: 'models', noun: 'model', tenant: 'tenant', actor: 'service' },
      columns: ['id', 'name', 'version', 'state', 'digest'],
    })
    await auditTable(database, {
      ...{ table: 'webhooks', noun: 'webhook', tenant: 'tenant', actor: 'client' },
      columns: ['id', 'events', 'old_until', 'disabled_at'],
    })
  },
}
