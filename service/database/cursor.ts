import { sql } from 'kysely'

/** A place in a list that is sorted by `created_at`: after this row. It holds though the row be forgotten. */
export interface Cursor {
  /** µs since the epoch, in decimal: the database's full precision. */
  readonly createdAt: string
  readonly id: string
}

/** `created_at` of a row as {@link Cursor} has it. */
export const createdMicros = sql<string>`(extract(epoch from created_at) * 1000000)::bigint::text`

/** The time of a cursor as the database has it. */
export function timeOf({ createdAt }: Cursor) {
  return sql<Date>`timestamptz 'epoch' + ${createdAt}::bigint * interval '1 microsecond'`
}
