import { guarded } from '#service/database/guarded.js'
import type { Database } from '#service/database/open-database.js'
import { later } from '#service/database/times.js'

/** A model, and whether workers find its bundle in the store. */
export interface ProvableModel {
  readonly vkHash: string
  readonly stored: boolean
}

/**
 * Those of the models that no live worker is able to prove.
 * @param lease ms; a worker that was silent for two of them is gone
 * @throws ZkserveError `DATABASE_UNAVAILABLE`
 */
export function modelsWithoutWorker(
  { tables }: Database,
  models: readonly ProvableModel[],
  lease: number,
): Promise<ProvableModel[]> {
  return guarded(async () => {
    const workers = await tables
      .selectFrom('workers')
      .select(['models', 'kinds', 'store'])
      .where('seen_at', '>', later(-2 * lease))
      .execute()
    const provers = workers.filter(({ kinds }) => kinds.includes('proof'))
    const able = new Set(provers.flatMap(({ models }) => models))
    const fetching = provers.some(({ store }) => store)
    return models.filter(({ vkHash, stored }) => !able.has(vkHash) && !(stored && fetching))
  })
}
