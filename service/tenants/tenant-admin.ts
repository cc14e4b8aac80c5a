import { sql } from 'kysely'
import { ZkserveError } from '#circuits/errors.js'
import { guarded } from '#service/database/guarded.js'
import type { Database } from '#service/database/open-database.js'
import { now } from '#service/database/times.js'
import type { TenantLimits } from '#service/tenants/tenant.js'
import type { DayUsage } from '#service/tenants/usage.js'

/** A tenant as the operator sees it; times are ISO 8601. */
export interface TenantFacts {
  readonly id: string
  readonly createdAt: string
  /** Null where the tenant is enabled. */
  readonly disabledAt: string | null
  /** What is left out is as the settings have it. */
  readonly limits: TenantLimits
  /** Keys that are neither revoked nor expired. */
  readonly keys: number
  readonly openJobs: number
  readonly today: DayUsage
}

/** Limits to set; null: as the settings have it. */
export type LimitChanges = { readonly [Name in keyof TenantLimits]?: TenantLimits[Name] | null }

/** Tenants, for the operator. Running services follow within seconds. */
export class TenantAdmin {
  readonly #tables: Database['tables']

  constructor({ tables }: Pick<Database, 'tables'>) {
    this.#tables = tables
  }

  /** @throws ZkserveError `TENANT_EXISTS` */
  add(id: string, limits: TenantLimits): Promise<TenantFacts> {
    return guarded(async () => {
      const { numInsertedOrUpdatedRows } = await this.#tables
        .insertInto('tenants')
        .values({ id, limits: JSON.stringify(limits) })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .executeTakeFirst()
      if (numInsertedOrUpdatedRows === 0n)
        throw new ZkserveError('TENANT_EXISTS', `there is a tenant "${id}" already`)
      return this.show(id)
    })
  }

  list(): Promise<readonly TenantFacts[]> {
    return guarded(async () => (await tenantsIn(this.#tables).orderBy('tenants.id').execute()).map(factsOf))
  }

  /** @throws ZkserveError `TENANT_NOT_FOUND` */
  show(id: string): Promise<TenantFacts> {
    return guarded(async () => {
      const row = await tenantsIn(this.#tables).where('tenants.id', '=', id).executeTakeFirst()
      if (row === undefined) throw noTenant(id)
      return factsOf(row)
    })
  }

  /** Sets limits; those not named stay. @throws ZkserveError `TENANT_NOT_FOUND` */
  limit(id: string, changes: LimitChanges): Promise<TenantFacts> {
    return guarded(async () => {
      await this.#tables.transaction().execute(async (tables) => {
        const row = await tables
          .selectFrom('tenants')
          .select('limits')
          .where('id', '=', id)
          .forUpdate()
          .executeTakeFirst()
        if (row === undefined) throw noTenant(id)
        const kept = Object.entries({ ...row.limits, ...changes }).filter(([, value]) => value !== null)
        const limits = JSON.stringify(Object.fromEntries(kept))
        await tables.updateTable('tenants').set({ limits }).where('id', '=', id).execute()
      })
      return this.show(id)
    })
  }

  /** Refuses all its keys; what was accepted is done. @throws ZkserveError `TENANT_NOT_FOUND` */
  async disable(id: string): Promise<TenantFacts> {
    await this.#setDisabled(id, now)
    return this.show(id)
  }

  /** @throws ZkserveError `TENANT_NOT_FOUND` */
  async enable(id: string): Promise<TenantFacts> {
    await this.#setDisabled(id, null)
    return this.show(id)
  }

  /**
   * Removes a tenant with all that is its: keys, jobs, results, usage. It must be disabled, so that nothing new comes.
   * @throws ZkserveError `TENANT_NOT_FOUND`, `USAGE`
   */
  remove(id: string): Promise<{ readonly removed: string }> {
    return guarded(async () => {
      if (id === 'default') throw new ZkserveError('USAGE', 'the tenant "default" cannot be removed')
      const { disabledAt } = await this.show(id)
      if (disabledAt !== null) {
        await this.#tables.transaction().execute(async (tables) => {
          // Jobs first, as those do who end them: none waits for the other in a circle.
          await tables.deleteFrom('jobs').where('tenant', '=', id).execute()
          await tables.deleteFrom('tenants').where('id', '=', id).execute()
        })
        return { removed: id }
      }
      throw new ZkserveError('USAGE', `the tenant "${id}" is enabled`, {
        hints: [
          `Disable it first: \`zkserve tenant disable ${id}\`; removing it takes its jobs and results away.`,
        ],
      })
    })
  }

  #setDisabled(id: string, at: typeof now | null): Promise<void> {
    return guarded(async () => {
      await this.#tables
        .updateTable('tenants')
        .set({ disabled_at: at })
        .where('id', '=', id)
        // The time of the first disabling stays.
        .where('disabled_at', at === null ? 'is not' : 'is', null)
        .execute()
    })
  }
}

function tenantsIn(tables: Database['tables']) {
  const today = sql<string>`(clock_timestamp() at time zone 'UTC')::date`
  return tables
    .selectFrom('tenants')
    .leftJoin('usage', (join) => join.onRef('usage.tenant', '=', 'tenants.id').on('usage.day', '=', today))
    .select(['tenants.id', 'limits', 'created_at', 'disabled_at', 'usage.proofs', 'usage.constraints'])
    .select(sql<string>`to_char(${today}, 'YYYY-MM-DD')`.as('day'))
    .select(({ selectFrom }) => [
      selectFrom('api_keys')
        .select(({ fn }) => fn.countAll<string>().as('count'))
        .whereRef('api_keys.tenant', '=', 'tenants.id')
        .where('revoked_at', 'is', null)
        .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', now)]))
        .as('keys'),
      selectFrom('jobs')
        .select(({ fn }) => fn.countAll<string>().as('count'))
        .whereRef('jobs.tenant', '=', 'tenants.id')
        .where('state', 'in', ['queued', 'running'])
        .as('open_jobs'),
    ])
}

type TenantRow = Awaited<ReturnType<ReturnType<typeof tenantsIn>['executeTakeFirstOrThrow']>>

function factsOf({ id, limits, day, proofs, constraints, ...row }: TenantRow): TenantFacts {
  return {
    id,
    createdAt: row.created_at.toISOString(),
    disabledAt: row.disabled_at?.toISOString() ?? null,
    limits,
    keys: Number(row.keys),
    openJobs: Number(row.open_jobs),
    today: { day, proofs: Number(proofs), constraints: Number(constraints) },
  }
}

export function noTenant(id: string): ZkserveError {
  return new ZkserveError('TENANT_NOT_FOUND', `there is no tenant "${id}"`)
}
