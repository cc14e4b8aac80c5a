import { deserialize, serialize } from 'node:v8'
import { sql } from 'kysely'
import { ZkserveError } from '#circuits/errors.js'
import { guarded } from '#service/database/guarded.js'
import type { Database } from '#service/database/open-database.js'
import { later } from '#service/database/times.js'
import type { Opening } from '#service/oracle/read-input.js'
import type { Cipher } from '#service/secrets/cipher.js'

/** ms for which an opening is kept: requests that come later go without. */
const lifetime = 7 * 24 * 3_600_000
/** Openings of one tenant that are kept at once. */
const most = 10_000

/** Names what an opening opens: the same input and salt commit otherwise under another model. */
export interface Committed {
  /** Of the model. */
  readonly vkHash: string
  readonly commitment: bigint
}

/** Inputs behind commitments, handed in beside the chain, sealed. */
export class Openings {
  readonly #database: Database
  readonly #cipher: Cipher

  constructor(database: Database, cipher: Cipher) {
    this.#database = database
    this.#cipher = cipher
  }

  /** Keeps an opening, which must be one. @throws ZkserveError `QUOTA_EXCEEDED`, `DATABASE_UNAVAILABLE` */
  add(tenant: string, committed: Committed, { salt, words }: Opening): Promise<void> {
    const { vkHash, commitment } = committed
    return guarded(async () => {
      const { tables } = this.#database
      await tables.deleteFrom('oracle_openings').where('created_at', '<=', later(-lifetime)).execute()
      const { count } = await tables
        .selectFrom('oracle_openings')
        .select(sql<string>`count(*)`.as('count'))
        .where('tenant', '=', tenant)
        .executeTakeFirstOrThrow()
      if (Number(count) >= most) {
        throw new ZkserveError('QUOTA_EXCEEDED', `${most} inputs of the tenant wait for requests already`, {
          details: { retryAfter: 3600 },
        })
      }
      const opening = this.#cipher.seal(serialize({ salt, words }), purposeOf(committed))
      await tables
        .insertInto('oracle_openings')
        .values({ tenant, vk_hash: vkHash, commitment: String(commitment), opening })
        .onConflict((conflict) => conflict.columns(['vk_hash', 'commitment']).doUpdateSet({ opening }))
        .execute()
    })
  }

  /** @returns null where nobody handed it in @throws ZkserveError `DECRYPTION_FAILED`, `DATABASE_UNAVAILABLE` */
  find(committed: Committed): Promise<Opening | null> {
    return guarded(async () => {
      const row = await this.#database.tables
        .selectFrom('oracle_openings')
        .select('opening')
        .where('vk_hash', '=', committed.vkHash)
        .where('commitment', '=', String(committed.commitment))
        .executeTakeFirst()
      if (row === undefined) return null
      return deserialize(this.#cipher.open(row.opening, purposeOf(committed))) as Opening
    })
  }

  /** Erases an opening that is needed no more. */
  remove({ vkHash, commitment }: Committed): Promise<void> {
    return guarded(async () => {
      await this.#database.tables
        .deleteFrom('oracle_openings')
        .where('vk_hash', '=', vkHash)
        .where('commitment', '=', String(commitment))
        .execute()
    })
  }
}

function purposeOf({ vkHash, commitment }: Committed): string {
  return `opening of ${commitment} under ${vkHash}`
}
