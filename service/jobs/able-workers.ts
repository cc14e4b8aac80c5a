import { guarded } from '#service/database/guarded.js'
import type { Database } from '#service/database/open-database.js'
import { later } from '#service/database/times.js'

/**
 * Those of the models that no live worker is able to prove.
 * @param models vkHashes
 * @param lease ms; a worker that was silent for two of them is gone
 * @throws ZkserveError `DATABASE_UNAVAILABLE`
 */
export function modelsWithoutWorker(
  { tables }: Database,
  models: readonly string[],
  lease: number,
): Promise<string[]> {
  return guarded(async () => {
    const workers = await tables
      .selectFrom('workers')
      .select(['models', 'kinds'])
      .where('seen_at', '>', later(-2 * lease))
      .execute()
    const able = new Set(workers.flatMap(({ models, kinds }) => (kinds.includes('proof') ? models : [])))
    return models.filter((model) => !able.has(model))
  })
}
