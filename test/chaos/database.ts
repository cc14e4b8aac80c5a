import { Client } from 'pg'
import type { TestPostgres } from '#scripts/fleet/postgres.js'

/** Asks the database itself, past all proxies; nothing where it is down. */
export async function queryPostgres<Row extends object>({ url }: TestPostgres, text: string): Promise<Row[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000, query_timeout: 5000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return (await client.query<Row>(text)).rows
  } catch {
    return []
  } finally {
    await client.end().catch(() => undefined)
  }
}
