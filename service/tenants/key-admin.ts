import { sql, type Transaction } from 'kysely'
import { ZkserveError } from '#circuits/errors.js'
import { guarded } from '#service/database/guarded.js'
import type { Database } from '#service/database/open-database.js'
import type { Tables } from '#service/database/tables.js'
import { later, now } from '#service/database/times.js'
import { drawKey } from '#service/tenants/api-key.js'
import type { Scope } from '#service/tenants/tenant.js'
import { noTenant } from '#service/tenants/tenant-admin.js'

/** A key as the operator sees it: all but the key itself. Times are ISO 8601. */
export interface KeyFacts {
  readonly id: string
  readonly tenant: string
  readonly label: string
  readonly scopes: readonly Scope[]
  readonly state: 'valid' | 'expired' | 'revoked'
  readonly createdAt: string
  readonly expiresAt: string | null
  readonly revokedAt: string | null
  /** By the minute; null where it never was. */
  readonly usedAt: string | null
}

/** A new key, shown once. */
export interface NewKey extends KeyFacts {
  readonly key: string
}

export interface KeyRequest {
  readonly tenant: string
  readonly label: string
  readonly scopes: readonly Scope[]
  /** ms for which it is valid; null for ever. */
  readonly lifetime: number | null
}

/** API keys, for the operator. Running services follow within seconds. */
export class KeyAdmin {
  readonly #tables: Database['tables']

  constructor({ tables }: Pick<Database, 'tables'>) {
    this.#tables = tables
  }

  /** @throws ZkserveError `TENANT_NOT_FOUND` */
  add(request: KeyRequest): Promise<NewKey> {
    return guarded(() => this.#tables.transaction().execute((tables) => insertKey(tables, request)))
  }

  /** All keys, or those of one tenant, the oldest first. @throws ZkserveError `TENANT_NOT_FOUND` */
  list(tenant: string | null): Promise<readonly KeyFacts[]> {
    return guarded(async () => {
      if (tenant !== null) await mustExist(this.#tables, tenant)
      const rows = await keysIn(this.#tables)
        .$if(tenant !== null, (query) => query.where('tenant', '=', tenant))
        .orderBy('tenant')
        .orderBy('created_at')
        .execute()
      return rows.map(factsOf)
    })
  }

  /**
   * Draws a key in place of another, with its scopes and its lifetime; the other stays valid for `overlap` ms more.
   * @throws ZkserveError `TENANT_NOT_FOUND`, `USAGE` for a key that is no longer valid
   */
  rotate(id: string, overlap: number): Promise<NewKey> {
    return guarded(() =>
      this.#tables.transaction().execute(async (tables) => {
        const row = await keysIn(tables).where('id', '=', id).forUpdate().executeTakeFirst()
        if (row === undefined) throw noKey(id)
        if (row.state !== 'valid')
          throw new ZkserveError('USAGE', `the key ${id} is ${row.state}`, {
            hints: [`Make a new one: \`zkserve key add ${row.tenant}\`.`],
          })
        await tables
          .updateTable('api_keys')
          .set({ expires_at: sql<Date>`least(expires_at, ${later(overlap)})` })
          .where('id', '=', id)
          .execute()
        const { tenant, label, scopes } = row
        const lifetime = row.expires_at && row.expires_at.getTime() - row.created_at.getTime()
        return insertKey(tables, { tenant, label, scopes, lifetime })
      }),
    )
  }

  /** Ends a key at once. @throws ZkserveError `TENANT_NOT_FOUND` */
  revoke(id: string): Promise<KeyFacts> {
    return guarded(async () => {
      await this.#tables
        .updateTable('api_keys')
        .set({ revoked_at: now })
        .where('id', '=', id)
        .where('revoked_at', 'is', null)
        .execute()
      const row = await keysIn(this.#tables).where('id', '=', id).executeTakeFirst()
      if (row === undefined) throw noKey(id)
      return factsOf(row)
    })
  }
}

async function insertKey(
  tables: Transaction<Tables>,
  { tenant, label, scopes, lifetime }: KeyRequest,
): Promise<NewKey> {
  await mustExist(tables, tenant)
  const { key, id, hash } = drawKey()
  await tables
    .insertInto('api_keys')
    .values({ id, hash, tenant, label, scopes: [...scopes], expires_at: later(lifetime) })
    .execute()
  return { ...factsOf(await keysIn(tables).where('id', '=', id).executeTakeFirstOrThrow()), key }
}

async function mustExist(tables: Database['tables'], tenant: string): Promise<void> {
  const row = await tables.selectFrom('tenants').select('id').where('id', '=', tenant).executeTakeFirst()
  if (row === undefined) throw noTenant(tenant)
}

function keysIn(tables: Database['tables']) {
  return tables
    .selectFrom('api_keys')
    .select(['id', 'tenant', 'label', 'scopes', 'created_at', 'expires_at', 'revoked_at', 'used_at'])
    .select(
      sql<KeyFacts['state']>`case when revoked_at is not null then 'revoked'
        when expires_at <= clock_timestamp() then 'expired' else 'valid' end`.as('state'),
    )
}

type KeyRow = Awaited<ReturnType<ReturnType<typeof keysIn>['executeTakeFirstOrThrow']>>

function factsOf({ id, tenant, label, scopes, state, ...times }: KeyRow): KeyFacts {
  return {
    ...{ id, tenant, label, scopes, state },
    createdAt: times.created_at.toISOString(),
    expiresAt: times.expires_at?.toISOString() ?? null,
    revokedAt: times.revoked_at?.toISOString() ?? null,
    usedAt: times.used_at?.toISOString() ?? null,
  }
}

function noKey(id: string): ZkserveError {
  return new ZkserveError('TENANT_NOT_FOUND', `there is no key ${id}`)
}
