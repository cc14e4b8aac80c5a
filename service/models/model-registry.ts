import { randomBytes } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import { ZkserveError } from '#circuits/errors.js'
import type { Manifest } from '#prover/bundle/manifest.js'
import { actAs } from '#service/audit/actor.js'
import { guarded } from '#service/database/guarded.js'
import { locks } from '#service/database/locks.js'
import type { Database } from '#service/database/open-database.js'
import type { Tables } from '#service/database/tables.js'
import { now } from '#service/database/times.js'
import { modelColumns, modelOfRow, type RegisteredModel } from '#service/models/registered-model.js'

/** A claim of the job that builds a model: what an earlier one writes is refused. */
export interface BuildClaim {
  readonly job: string
  readonly attempt: number
}

export interface NewModel {
  readonly tenant: string
  readonly name: string
  readonly options: unknown
  /** Who asks for it, as the audit log names it. */
  readonly actor?: string
  /** Models that the tenant may have. */
  readonly limit: number
}

export interface ModelPage {
  readonly models: readonly RegisteredModel[]
  /** Where the next page begins; null after the last. */
  readonly next: string | null
}

/** The models of all tenants, in the database. */
export class ModelRegistry {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /**
   * The next version of a name, to be built; its job is told by {@link assign}.
   * @throws ZkserveError `QUOTA_EXCEEDED`
   */
  create({ tenant, name, options, actor, limit }: NewModel): Promise<RegisteredModel> {
    return this.#locked(async (tables) => {
      const { count } = await tables
        .selectFrom('models')
        .select(({ fn }) => fn.countAll<string>().as('count'))
        .where('tenant', '=', tenant)
        .where('state', 'in', ['building', 'ready'])
        .executeTakeFirstOrThrow()
      if (Number(count) >= limit) {
        throw new ZkserveError('QUOTA_EXCEEDED', `the tenant has ${count} models and may have ${limit}`, {
          hints: ['Delete a model, or ask the operator for more.'],
        })
      }
      return insert(tables, { tenant, name, options: JSON.stringify(options ?? null) })
    }, actor)
  }

  /** Says which job builds a model. */
  assign(id: string, job: string): Promise<void> {
    return guarded(async () => {
      await this.#database.tables.updateTable('models').set({ job }).where('id', '=', id).execute()
    })
  }

  /** Forgets a model whose job could not be taken on. */
  discard(id: string): Promise<void> {
    return guarded(async () => {
      const { tables } = this.#database
      await tables.deleteFrom('models').where('id', '=', id).where('state', '=', 'building').execute()
    })
  }

  /**
   * Writes down what a model consists of before its files go into the store, so that none of them is removed there.
   * @returns false where the claim holds no more, or the model is not being built: it was deleted, or is ready
   */
  pin(id: string, manifest: Manifest, claim: BuildClaim): Promise<boolean> {
    return this.#ofClaim(id, claim, { ...columnsOf(manifest), job: claim.job })
  }

  /** The model is in the store. @returns false as {@link pin} */
  ready(id: string, report: unknown, claim: BuildClaim): Promise<boolean> {
    return this.#ofClaim(id, claim, { state: 'ready', report: JSON.stringify(report), ready_at: now })
  }

  /**
   * The operator's model for all, to be published then.
   * @returns its id and whether it is published already
   */
  share(manifest: Manifest): Promise<{ readonly id: string; readonly published: boolean }> {
    return this.#locked(async (tables) => {
      const known = await tables
        .selectFrom('models')
        .select(['id', 'state'])
        .where('tenant', 'is', null)
        .where('digest', '=', manifest.digest)
        .where('state', 'in', ['building', 'ready'])
        .executeTakeFirst()
      if (known !== undefined) return { id: known.id, published: known.state === 'ready' }
      const { id } = await insert(tables, { tenant: null, name: manifest.name, ...columnsOf(manifest) })
      return { id, published: false }
    })
  }

  /** The operator's model is in the store; it takes the place of another bundle with the same key. */
  shared(id: string, manifest: Manifest, report: unknown): Promise<void> {
    return this.#locked(async (tables) => {
      await tables
        .updateTable('models')
        .set({ state: 'deleted', deleted_at: now })
        .where('tenant', 'is', null)
        .where('vk_hash', '=', manifest.vkHash)
        .where('state', '=', 'ready')
        .where('id', '<>', id)
        .execute()
      await tables
        .updateTable('models')
        .set({ state: 'ready', report: JSON.stringify(report), ready_at: now })
        .where('id', '=', id)
        .where('state', '=', 'building')
        .execute()
    })
  }

  /** The best that an id fits among a tenant's models and the shared ones: ready before others, own before shared. */
  find(tenant: string, id: string): Promise<RegisteredModel | null> {
    const [, name = null, version = null] = /^(.+):(\d{1,9})$/s.exec(id) ?? []
    const hash = id.startsWith('0x') ? id : `0x${id}`
    return guarded(async () => {
      const row = await this.#visible(tenant)
        .where((where) =>
          where.or([
            where('id', '=', id),
            where('vk_hash', '=', hash),
            where('model_hash', '=', hash),
            where('name', '=', id),
            ...(name === null ? [] : [where.and({ name, version: Number(version) })]),
          ]),
        )
        .orderBy(sql`state <> 'ready'`)
        .orderBy(sql`tenant is null`)
        .orderBy(sql`name <> ${id}`)
        .orderBy('version', 'desc')
        .limit(1)
        .executeTakeFirst()
      return row === undefined ? null : modelOfRow(row)
    })
  }

  /** The newest ready version of each name that a tenant may use, at most `limit`. */
  newest(tenant: string, limit: number): Promise<readonly RegisteredModel[]> {
    return guarded(async () => {
      const rows = await this.#visible(tenant)
        .where('state', '=', 'ready')
        .distinctOn([sql`coalesce(tenant, '')`, 'name'])
        .orderBy(sql`coalesce(tenant, '')`)
        .orderBy('name')
        .orderBy('version', 'desc')
        .limit(limit)
        .execute()
      return rows.map(modelOfRow)
    })
  }

  /** A ready model by its verifying key, whoever's it is; also a deleted one, for jobs that were there before. */
  byKey(vkHash: string): Promise<RegisteredModel | null> {
    return guarded(async () => {
      const row = await this.#database.tables
        .selectFrom('models')
        .select(modelColumns)
        .where('vk_hash', '=', vkHash)
        .where('manifest', 'is not', null)
        .where('state', 'in', ['ready', 'deleted'])
        .orderBy(sql`state <> 'ready'`)
        .limit(1)
        .executeTakeFirst()
      return row === undefined ? null : modelOfRow(row)
    })
  }

  /** A model by its own id, among a tenant's models and the shared ones. */
  get(tenant: string, id: string): Promise<RegisteredModel | null> {
    return guarded(async () => {
      const row = await this.#visible(tenant).where('id', '=', id).executeTakeFirst()
      return row === undefined ? null : modelOfRow(row)
    })
  }

  /** A model's report of accuracy and constraints; null where there is none. */
  report(id: string): Promise<unknown> {
    return guarded(async () => {
      const { tables } = this.#database
      const row = await tables.selectFrom('models').select('report').where('id', '=', id).executeTakeFirst()
      return row?.report ?? null
    })
  }

  /**
   * A tenant's models and the shared ones, newest first.
   * @param options `cursor` is the id with which the page before ended
   */
  list(
    tenant: string,
    { limit, cursor, name }: { readonly limit: number; readonly cursor?: string; readonly name?: string },
  ): Promise<ModelPage> {
    return guarded(async () => {
      const rows = await this.#visible(tenant)
        .$if(name !== undefined, (query) => query.where('name', '=', name!))
        .$if(cursor !== undefined, (query) =>
          query.where(
            sql<boolean>`(created_at, id) < (select created_at, id from models
              where id = ${cursor} and (tenant = ${tenant} or tenant is null))`,
          ),
        )
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute()
      const models = rows.slice(0, limit).map(modelOfRow)
      return { models, next: rows.length > limit ? models.at(-1)!.id : null }
    })
  }

  /**
   * Deletes a tenant's own model: nobody finds it from now on.
   * @param actor who asks for it, as the audit log names it
   * @returns false where the tenant has none of this id
   */
  remove(tenant: string, id: string, actor?: string): Promise<boolean> {
    return guarded(async () => {
      const { numUpdatedRows } = await actAs(this.#database.tables, actor, (tables) =>
        tables
          .updateTable('models')
          .set({ state: 'deleted', deleted_at: now })
          .where('id', '=', id)
          .where('tenant', '=', tenant)
          .where('state', '<>', 'deleted')
          .executeTakeFirst(),
      )
      return numUpdatedRows > 0n
    })
  }

  #visible(tenant: string) {
    return this.#database.tables
      .selectFrom('models')
      .select(modelColumns)
      .where((where) => where.or([where('tenant', '=', tenant), where('tenant', 'is', null)]))
      .where('state', '<>', 'deleted')
      .where((where) => where.or([where('tenant', 'is not', null), where('state', '=', 'ready')]))
  }

  /** Changes a model that is being built, while the claim holds. */
  #ofClaim(id: string, { job, attempt }: BuildClaim, change: object): Promise<boolean> {
    return guarded(() =>
      this.#database.tables.transaction().execute(async (tables) => {
        const held = await tables
          .selectFrom('jobs')
          .select('id')
          .where('id', '=', job)
          .where('state', '=', 'running')
          .where('attempt', '=', attempt)
          .forUpdate()
          .executeTakeFirst()
        if (held === undefined) return false
        const { numUpdatedRows } = await tables
          .updateTable('models')
          .set(change)
          .where('id', '=', id)
          .where('state', '=', 'building')
          .executeTakeFirst()
        return numUpdatedRows > 0n
      }),
    )
  }

  #locked<Value>(work: (tables: Kysely<Tables>) => Promise<Value>, actor?: string): Promise<Value> {
    return guarded(() =>
      actAs(this.#database.tables, actor, async (tables) => {
        await sql`select pg_advisory_xact_lock(${locks.models})`.execute(tables)
        return work(tables)
      }),
    )
  }
}

async function insert(
  tables: Kysely<Tables>,
  given: { readonly tenant: string | null; readonly name: string; readonly options?: string } & Partial<
    ReturnType<typeof columnsOf>
  >,
): Promise<RegisteredModel> {
  const { tenant, name } = given
  const { last } = await tables
    .selectFrom('models')
    .select(({ fn }) => fn.max('version').as('last'))
    .where('tenant', 'is not distinct from', tenant)
    .where('name', '=', name)
    .executeTakeFirstOrThrow()
  const row = await tables
    .insertInto('models')
    .values({ ...given, id: randomBytes(16).toString('hex'), version: (last ?? 0) + 1 })
    .returning(modelColumns)
    .executeTakeFirstOrThrow()
  return modelOfRow(row)
}

function columnsOf(manifest: Manifest) {
  const { vkHash, modelHash, digest } = manifest
  return { vk_hash: vkHash, model_hash: modelHash, digest, manifest: JSON.stringify(manifest) }
}
