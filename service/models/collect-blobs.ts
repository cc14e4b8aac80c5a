import { sql } from 'kysely'
import { guarded } from '#service/database/guarded.js'
import { locks } from '#service/database/locks.js'
import type { Database } from '#service/database/open-database.js'
import { later } from '#service/database/times.js'
import type { BlobStore } from '#service/store/blob-store.js'

/** Blobs that are removed under one lock. */
const batchSize = 50

/**
 * Removes from the store what no model refers to. A model refers to its files from before they are written until
 * nobody may need them: it is deleted, and no job of it is open.
 * @param grace ms for which deleted models and blobs are let be; requests that were quicker than a deletion end in it
 * @returns blobs that were removed
 * @throws ZkserveError `STORE_UNAVAILABLE`, `DATABASE_UNAVAILABLE`
 */
export async function collectBlobs(database: Database, blobs: BlobStore, grace: number): Promise<number> {
  await guarded(() => forgetModels(database, grace))
  const before = Date.now() - grace
  let removed = 0
  for (const folder of ['manifests', 'files']) {
    let batch: string[] = []
    const flush = async (): Promise<void> => {
      removed += await removeUnused(database, blobs, batch)
      batch = []
    }
    for await (const { name, modifiedAt } of blobs.list(folder)) {
      if (modifiedAt > before) continue
      batch.push(name)
      if (batch.length === batchSize) await flush()
    }
    await flush()
  }
  return removed
}

/** What is known of models that nobody can reach goes, but for the fact that they were there. */
async function forgetModels({ tables }: Database, grace: number): Promise<void> {
  const open = sql`exists (select from jobs where bundle = models.digest and state in ('queued', 'running'))`
  const nothing = { digest: null, manifest: null, report: null, options: null }
  await tables
    .updateTable('models')
    .set(nothing)
    .where('state', '=', 'deleted')
    .where('deleted_at', '<', later(-grace))
    .where('manifest', 'is not', null)
    .where(sql<boolean>`not ${open}`)
    .execute()
  await tables
    .updateTable('models')
    .set({ digest: null, manifest: null, vk_hash: null })
    .where('state', '=', 'failed')
    .where('manifest', 'is not', null)
    .execute()
  // Builds whose request ended before its job was there.
  const error = { code: 'CANCELLED', message: 'the build was never begun', hints: [], details: {} } as const
  await tables
    .updateTable('models')
    .set({ state: 'failed', error: JSON.stringify(error) })
    .where('state', '=', 'building')
    .where('tenant', 'is not', null)
    .where('created_at', '<', later(-grace))
    .where(sql<boolean>`not exists (select from jobs where jobs.id = models.job)`)
    .execute()
}

/** Under the lock under which models are written down before their files: none of them can begin to need a blob. */
async function removeUnused(database: Database, blobs: BlobStore, names: readonly string[]): Promise<number> {
  if (names.length === 0) return 0
  return guarded(() =>
    database.tables.transaction().execute(async (tables) => {
      await sql`select pg_advisory_xact_lock(${locks.models})`.execute(tables)
      const { rows } = await sql<{ readonly name: string }>`
        select 'manifests/' || digest as name from models where digest = any(${namesIn(names, 'manifests')})
        union
        select 'files/' || (file.value ->> 'sha256') as name from models, json_each(manifest -> 'files') as file
          where file.value ->> 'sha256' = any(${namesIn(names, 'files')})`.execute(tables)
      const used = new Set(rows.map(({ name }) => name))
      const unused = names.filter((name) => !used.has(name))
      await Promise.all(unused.map((name) => blobs.remove(name)))
      return unused.length
    }),
  )
}

function namesIn(names: readonly string[], folder: string): string[] {
  return names.filter((name) => name.startsWith(`${folder}/`)).map((name) => name.slice(folder.length + 1))
}
