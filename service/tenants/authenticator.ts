import { timingSafeEqual } from 'node:crypto'
import { sql } from 'kysely'
import { ZkserveError } from '#circuits/errors.js'
import { guarded } from '#service/database/guarded.js'
import type { Database } from '#service/database/open-database.js'
import { now } from '#service/database/times.js'
import { type KeyDigest, readKey } from '#service/tenants/api-key.js'
import type { Tenant } from '#service/tenants/tenant.js'

/** ms for which an answer of the database holds: so long a key may be taken after it was revoked. */
const fresh = 5000

interface KnownKey {
  readonly hash: Uint8Array
  readonly tenant: Tenant
  /** Why the key is refused, null where it is good. */
  readonly refusal: string | null
  /** Whether its use was not noted within the last minute. */
  readonly unnoted: boolean
  /** Of {@link AuthenticatorOptions.clock}. */
  readonly readAt: number
}

export interface AuthenticatorOptions {
  /** ms that only grow. */
  readonly clock?: () => number
  /** Keys that are remembered, about 1 kB each; those used last. */
  readonly limit?: number
}

/**
 * Tells whose an API key is. What the database says of a key holds for five seconds; only keys that exist are
 * remembered. Look-ups wait for each other and go together, one query at a time, so that guesses cannot flood it.
 */
export class Authenticator {
  readonly #tables: Database['tables']
  readonly #clock: () => number
  readonly #limit: number
  /** The key used last is the last. */
  readonly #known = new Map<string, KnownKey>()
  /** Look-ups that wait for the query before them. */
  #next: { readonly ids: Set<string>; readonly found: Promise<ReadonlyMap<string, KnownKey>> } | null = null
  #last: Promise<unknown> = Promise.resolve()

  constructor(
    { tables }: Pick<Database, 'tables'>,
    { clock = () => performance.now(), limit = 10_000 }: AuthenticatorOptions,
  ) {
    this.#tables = tables
    this.#clock = clock
    this.#limit = limit
  }

  /** Whether this very key was seen before, good or not: finding it out again is no guess. */
  knows(text: string): boolean {
    const key = readKey(text)
    return key !== null && this.#knownAs(key) !== null
  }

  /**
   * On whose behalf a key speaks.
   * @throws ZkserveError `UNAUTHENTICATED`, `DATABASE_UNAVAILABLE`
   */
  async authenticate(text: string): Promise<Tenant> {
    const key = readKey(text)
    if (key === null) throw refused('the API key is not valid')
    let known = this.#knownAs(key)
    if (known === null || this.#clock() - known.readAt > fresh) {
      const read = await this.#read(key.id)
      if (read === undefined) this.#known.delete(key.id)
      else this.#remember(key.id, read)
      known = this.#knownAs(key)
    }
    if (known === null) throw refused('the API key is not valid')
    if (known.refusal !== null) throw refused(known.refusal)
    this.#remember(key.id, known.unnoted ? { ...known, unnoted: false } : known)
    if (known.unnoted) this.#noteUse(key.id)
    return known.tenant
  }

  #knownAs({ id, hash }: KeyDigest): KnownKey | null {
    const known = this.#known.get(id)
    return known !== undefined && timingSafeEqual(known.hash, hash) ? known : null
  }

  #remember(id: string, key: KnownKey): void {
    this.#known.delete(id)
    this.#known.set(id, key)
    const [oldest] = this.#known.keys()
    if (this.#known.size > this.#limit) this.#known.delete(oldest!)
  }

  async #read(id: string): Promise<KnownKey | undefined> {
    if (this.#next === null) {
      const ids = new Set<string>()
      const found = this.#last.then(() => {
        this.#next = null
        return this.#query([...ids])
      })
      this.#last = found.catch(() => undefined)
      this.#next = { ids, found }
    }
    this.#next.ids.add(id)
    return (await this.#next.found).get(id)
  }

  #query(ids: readonly string[]): Promise<ReadonlyMap<string, KnownKey>> {
    const readAt = this.#clock()
    return guarded(async () => {
      const rows = await this.#tables
        .selectFrom('api_keys')
        .innerJoin('tenants', 'tenants.id', 'api_keys.tenant')
        .select(['api_keys.id', 'hash', 'tenant', 'scopes', 'limits'])
        .select([
          sql<string | null>`case when revoked_at is not null then 'the API key was revoked'
            when expires_at <= clock_timestamp() then 'the API key has expired'
            when disabled_at is not null then 'the tenant is disabled' end`.as('refusal'),
          sql<boolean>`used_at is null or used_at < clock_timestamp() - interval '1 minute'`.as('unnoted'),
        ])
        // One parameter, however many they are.
        .where(sql<boolean>`api_keys.id = any(${ids}::text[])`)
        .execute()
      return new Map(
        rows.map(({ id, hash, tenant, scopes, limits, refusal, unnoted }) => [
          id,
          { hash, tenant: { id: tenant, limits, scopes, key: id }, refusal, unnoted, readAt },
        ]),
      )
    })
  }

  /** Nobody waits for it, and nothing depends on it. */
  #noteUse(id: string): void {
    this.#tables
      .updateTable('api_keys')
      .set({ used_at: now })
      .where('id', '=', id)
      .execute()
      .catch(() => undefined)
  }
}

function refused(message: string): ZkserveError {
  return new ZkserveError('UNAUTHENTICATED', message)
}
