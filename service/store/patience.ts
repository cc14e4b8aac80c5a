import { setTimeout as sleep } from 'node:timers/promises'
import { toZkserveError } from '#circuits/errors.js'

/** ms between tries. */
const waits = [500, 1000, 2000, 4000, 8000, 15_000]

/** Does what a store is needed for, again and again for half a minute while the store does not answer. */
export async function withPatience<Value>(work: () => Promise<Value>, signal?: AbortSignal): Promise<Value> {
  for (const wait of waits) {
    try {
      return await work()
    } catch (error) {
      if (toZkserveError(error).code !== 'STORE_UNAVAILABLE' || signal?.aborted) throw error
    }
    await sleep(wait, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
  }
  return work()
}
