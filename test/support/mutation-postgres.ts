/** One Postgres server for all runs of a mutation test: databases of a test's own are there in a moment. */
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { startPostgres } from '#scripts/fleet/postgres.js'
import { openPostgres } from '#service/database/open-database.js'

const variable = 'ZKSERVE_MUTATION_POSTGRES'
const template = 'zkserve_template'

/** Vitest's global set-up. */
export default async function setup(): Promise<() => void> {
  const server = await startPostgres()
  await run(
    server.url,
    'alter system set fsync = off',
    'select pg_reload_conf()',
    `create database ${template}`,
  )
  const database = await openPostgres(urlOf(server.url, template), () => {})
  await database.close()
  process.env[variable] = server.url
  return () => server.end()
}

/** Address of a fresh database with the tables; null beyond mutation tests. */
export async function mutationDatabase(): Promise<string | null> {
  const server = process.env[variable]
  if (server === undefined) return null
  const name = `test_${randomBytes(6).toString('hex')}`
  await run(server, `create database ${name} template ${template}`)
  return urlOf(server, name)
}

function urlOf(server: string, database: string): string {
  return Object.assign(new URL(server), { pathname: `/${database}` }).toString()
}

async function run(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}
