import type { Migration } from 'kysely'
import { auditTable } from '#service/audit/audit-table.js'

/** Payments in the audit log: taken on, and how they ended. The signature is not told. */
export const paymentsAudited: Migration = {
  up: (database) =>
    auditTable(database, {
      table: 'payments',
      noun: 'payment',
      tenant: 'tenant',
      actor: 'service',
      columns: [
        ...(['id', 'jobs', 'network', 'asset', 'payer', 'nonce', 'pay_to', 'amount'] as const),
        ...(['state', 'transaction', 'reason'] as const),
      ],
    }),
}
