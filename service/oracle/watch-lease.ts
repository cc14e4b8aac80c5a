import { sql, type Transaction } from 'kysely'
import type { Address } from 'viem'
import { guarded } from '#service/database/guarded.js'
import type { Database } from '#service/database/open-database.js'
import type { Tables } from '#service/database/tables.js'
import { later, now } from '#service/database/times.js'

/** What is watched, and in whose name requests are answered. */
export interface Watch {
  readonly chainId: number
  readonly oracle: Address
  readonly account: Address
}

/** Another process has the lease by now. */
export class LeaseLost extends Error {
  constructor() {
    super('another process watches this oracle')
  }
}

/**
 * The right to answer an oracle in the name of an account. Of several processes over one database one holds it; all
 * that it writes renews it, and fails once another has it.
 */
export class WatchLease {
  /** Of the row in `oracle_watches`. */
  readonly id: number
  readonly #database: Database
  readonly #owner: string
  readonly #length: number
  #fence: number | null = null

  private constructor(database: Database, id: number, owner: string, length: number) {
    this.#database = database
    this.id = id
    this.#owner = owner
    this.#length = length
  }

  /** @param owner names this process @param length of a lease, in ms @throws ZkserveError `DATABASE_UNAVAILABLE` */
  static open(database: Database, watch: Watch, owner: string, length: number): Promise<WatchLease> {
    const key = {
      chain_id: String(watch.chainId),
      oracle: watch.oracle.toLowerCase(),
      account: watch.account.toLowerCase(),
    }
    return guarded(async () => {
      await database.tables
        .insertInto('oracle_watches')
        .values({ ...key, owner: null, lease_until: null })
        .onConflict((conflict) => conflict.columns(['chain_id', 'oracle', 'account']).doNothing())
        .execute()
      const { id } = await database.tables
        .selectFrom('oracle_watches')
        .select('id')
        .where((where) => where.and(key))
        .executeTakeFirstOrThrow()
      return new WatchLease(database, id, owner, length)
    })
  }

  /**
   * Renews the lease, or takes one that nobody holds.
   * @param anyway takes it from whoever holds it: for a process that knows to be the only one
   * @returns whether this process has it
   */
  acquire(anyway = false): Promise<boolean> {
    return guarded(async () => {
      if (this.#fence !== null && (await this.#renew(this.#database.tables, this.#fence))) return true
      this.#fence = null
      const taken = await this.#database.tables
        .updateTable('oracle_watches')
        .set({ owner: this.#owner, fence: sql`fence + 1`, lease_until: later(this.#length) })
        .where('id', '=', this.id)
        .$if(!anyway, (query) =>
          query.where((where) =>
            where.or([where('lease_until', 'is', null), where('lease_until', '<=', now)]),
          ),
        )
        .returning('fence')
        .executeTakeFirst()
      this.#fence = taken?.fence ?? null
      return this.#fence !== null
    })
  }

  /** Lets others have it at once. */
  release(): Promise<void> {
    return guarded(async () => {
      if (this.#fence === null) return
      await this.#database.tables
        .updateTable('oracle_watches')
        .set({ owner: null, lease_until: null })
        .where('id', '=', this.id)
        .where('fence', '=', this.#fence)
        .execute()
      this.#fence = null
    })
  }

  /** Writes in a transaction that holds only as long as the lease does. @throws LeaseLost */
  async write<Result>(work: (tables: Transaction<Tables>) => Promise<Result>): Promise<Result> {
    const fence = this.#fence
    const outcome = await guarded(() =>
      this.#database.tables.transaction().execute(async (tables) => {
        const isHeld = fence !== null && (await this.#renew(tables, fence))
        return isHeld ? { result: await work(tables) } : null
      }),
    )
    if (outcome !== null) return outcome.result
    this.#fence = null
    throw new LeaseLost()
  }

  /** Reads; another may be writing meanwhile. */
  read<Result>(work: (tables: Database['tables']) => Promise<Result>): Promise<Result> {
    return guarded(() => work(this.#database.tables))
  }

  async #renew(tables: Database['tables'], fence: number): Promise<boolean> {
    const { numUpdatedRows } = await tables
      .updateTable('oracle_watches')
      .set({ lease_until: later(this.#length) })
      .where('id', '=', this.id)
      .where('fence', '=', fence)
      .executeTakeFirst()
    return numUpdatedRows > 0n
  }
}
