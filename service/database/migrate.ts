import { type Kysely, type MigrationProvider, Migrator } from 'kysely'
import { ZkserveError } from '#circuits/errors.js'
import { jobs } from '#service/database/migrations/jobs.js'
import { keys } from '#service/database/migrations/keys.js'
import { oracle } from '#service/database/migrations/oracle.js'
import { payments } from '#service/database/migrations/payments.js'
import { paymentsAudited } from '#service/database/migrations/payments-audited.js'
import { spentRequests } from '#service/database/migrations/spent-requests.js'
import { steps } from '#service/database/migrations/steps.js'
import { tenants } from '#service/database/migrations/tenants.js'
import { texts } from '#service/database/migrations/texts.js'
import { trail } from '#service/database/migrations/trail.js'
import { turns } from '#service/database/migrations/turns.js'
import { uploadParts } from '#service/database/migrations/upload-parts.js'
import { uploads } from '#service/database/migrations/uploads.js'
import { usage } from '#service/database/migrations/usage.js'
import { watcherTotals } from '#service/database/migrations/watcher-totals.js'
import { webhooks } from '#service/database/migrations/webhooks.js'
import { witness } from '#service/database/migrations/witness.js'
import { yanked } from '#service/database/migrations/yanked.js'
import type { Tables } from '#service/database/tables.js'

/** In the order of their names. */
const provider: MigrationProvider = {
  getMigrations: async () => ({
    '2026-11-jobs': jobs,
    '2026-11-keys': keys,
    '2026-11-steps': steps,
    '2026-11-tenants': tenants,
    '2026-11-texts': texts,
    '2026-11-trail': trail,
    '2026-11-turns': turns,
    '2026-11-uploads': uploads,
    '2026-11-uploads-parts': uploadParts,
    '2026-11-usage': usage,
    '2026-11-webhooks': webhooks,
    '2026-11-witness': witness,
    '2026-11-yanked': yanked,
    '2026-11-zspent-requests': spentRequests,
    '2026-12-payments': payments,
    '2026-12-watcher': oracle,
    '2026-12-watcher-totals': watcherTotals,
    '2026-12-xpayments-audited': paymentsAudited,
  }),
}

/** Brings the tables up to date; several processes may start at once. @throws ZkserveError `DATABASE_UNAVAILABLE` */
export async function migrate(database: Kysely<Tables>): Promise<void> {
  const { error } = await new Migrator({ db: database, provider }).migrateToLatest()
  if (error === undefined) return
  throw new ZkserveError(
    'DATABASE_UNAVAILABLE',
    `the tables could not be brought up to date: ${(error as Error).message}`,
    { cause: error },
  )
}
