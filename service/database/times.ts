import { sql } from 'kysely'

/** The database's clock: the same for all processes. */
export const now = sql<Date>`clock_timestamp()`

/** Later than now by so many ms, or null. */
export function later(milliseconds: number | null) {
  return sql<Date | null>`clock_timestamp() + ${milliseconds} * interval '1 millisecond'`
}
