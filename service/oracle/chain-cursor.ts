import type { Hex } from 'viem'
import type { Database } from '#service/database/open-database.js'
import type { WatchLease } from '#service/oracle/watch-lease.js'

/** A block up to which events were read. */
export interface Checkpoint {
  readonly number: bigint
  readonly hash: Hex
  /** Id of the request that comes next; null where none was seen yet. */
  readonly nextRequest: bigint | null
}

/** Checkpoints that are kept: a reorganisation to below all of them begins at the first block again. */
const kept = 256

/** The checkpoints of a watch, newest first. */
export function readCheckpoints(lease: WatchLease, limit: number = kept): Promise<Checkpoint[]> {
  return lease.read(async (tables) => {
    const rows = await tables
      .selectFrom('oracle_blocks')
      .select(['number', 'hash', 'next_request'])
      .where('watch', '=', lease.id)
      .orderBy('number', 'desc')
      .limit(limit)
      .execute()
    return rows.map(({ number, hash, next_request: next }) => ({
      number: BigInt(number),
      hash: hash as Hex,
      nextRequest: next === null ? null : BigInt(next),
    }))
  })
}

/** Adds the newest checkpoint and forgets the oldest, in a transaction of the caller's. */
export async function writeCheckpoint(
  tables: Database['tables'],
  watch: number,
  { number, hash, nextRequest }: Checkpoint,
): Promise<void> {
  const next = nextRequest === null ? null : String(nextRequest)
  await tables
    .insertInto('oracle_blocks')
    .values({ watch, number: Number(number), hash, next_request: next })
    .execute()
  const surplus = tables
    .selectFrom('oracle_blocks')
    .select('number')
    .where('watch', '=', watch)
    .orderBy('number', 'desc')
    .offset(kept)
  await tables.deleteFrom('oracle_blocks').where('watch', '=', watch).where('number', 'in', surplus).execute()
}
