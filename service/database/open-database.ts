import { Socket } from 'node:net'
import { join } from 'node:path'
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely'
import type { Pool } from 'pg'
import { ZkserveError } from '#circuits/errors.js'
import { jobChannel } from '#service/database/channels.js'
import { lockDirectory } from '#service/database/data-directory.js'
import { farewell, listenPostgres } from '#service/database/listen-postgres.js'
import { migrate } from '#service/database/migrate.js'
import { pgliteDialect } from '#service/database/pglite-driver.js'
import type { Tables } from '#service/database/tables.js'

/** A database with its tables up to date. */
export interface Database {
  readonly tables: Kysely<Tables>
  /** Calls back with what is told on the jobs' channel; `null` where something may have been missed. */
  listen(onMessage: (message: string | null) => void): Promise<() => Promise<void>>
  close(): Promise<void>
  /** All of an embedded database as a tar.gz; null for a server, which has tools of its own. */
  readonly dump: (() => Promise<Blob>) | null
}

/**
 * Opens the embedded Postgres (PGlite) in a directory that this process holds alone.
 * @param dumped what `dump` gave, from which a new directory is filled
 * @throws ZkserveError `DATA_DIRECTORY_IN_USE`, `FILE_NOT_FOUND`, `DATABASE_UNAVAILABLE`
 */
export async function openEmbedded(directory: string, dumped?: Blob): Promise<Database> {
  const unlock = lockDirectory(directory)
  try {
    const database = await openPglite(join(directory, 'postgres'), dumped)
    return { ...database, close: () => database.close().finally(unlock) }
  } catch (error) {
    unlock()
    throw error
  }
}

/** Opens a Postgres in memory: it ends with the process. @throws ZkserveError `DATABASE_UNAVAILABLE` */
export function openMemory(): Promise<Database> {
  return openPglite()
}

async function openPglite(directory?: string, dumped?: Blob): Promise<Database> {
  try {
    const { PGlite } = await import('@electric-sql/pglite')
    const filled = dumped === undefined ? {} : { loadDataDir: dumped }
    const client = await PGlite.create({
      ...(directory === undefined ? {} : { dataDir: directory }),
      ...filled,
    })
    const tables = new Kysely<Tables>({ dialect: pgliteDialect(client) })
    await migrate(tables)
    return {
      tables,
      listen: async (onMessage) => {
        const stop = await client.listen(jobChannel, onMessage)
        return () => stop()
      },
      close: () => tables.destroy(),
      dump: () => client.dumpDataDir('gzip'),
    }
  } catch (error) {
    throw unavailable(error)
  }
}

/** Connections of one process to a Postgres server. */
const connections = 8
/** ms after which a query counts as lost: the other end may have vanished without a word. */
const queryTimeout = 10_000
/**
 * ms of silence after which the server gives a transaction up: the locks of a process that vanished without a word
 * would hold everybody else.
 */
const silenceTimeout = 3000

/** Opens a Postgres server. @throws ZkserveError `DATABASE_UNAVAILABLE` */
export async function openPostgres(url: string, onError: (error: Error) => void): Promise<Database> {
  const { default: postgres } = await import('pg')
  const sockets = new Set<Socket>()
  const settings = {
    connectionString: url,
    connectionTimeoutMillis: 5000,
    query_timeout: queryTimeout,
    statement_timeout: queryTimeout,
    idle_in_transaction_session_timeout: silenceTimeout,
    keepAlive: true,
    stream: () => {
      const socket = new Socket()
      sockets.add(socket)
      return socket.once('close', () => sockets.delete(socket))
    },
  }
  const pool = new postgres.Pool({ ...settings, max: connections })
  // Connections that break while idle are replaced; without a listener they would end the process.
  pool.on('error', onError)
  // So would those that break in use, though the query fails too.
  pool.on('connect', (client) => client.on('error', onError))
  const tables = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: discardingBroken(pool) }) })
  const close = async (): Promise<void> => {
    const cut = setTimeout(() => {
      for (const socket of sockets) socket.destroy()
    }, farewell)
    await tables.destroy().finally(() => clearTimeout(cut))
    for (const socket of sockets) socket.destroy()
  }
  try {
    await migrate(tables)
  } catch (error) {
    await close().catch(() => undefined)
    throw unavailable(error)
  }
  return {
    tables,
    listen: (onMessage) => listenPostgres(() => new postgres.Client(settings), jobChannel, onMessage),
    close,
    dump: null,
  }
}

/** Kysely gives connections back as if nothing had happened; one whose query was lost must not serve again. */
function discardingBroken(pool: Pool): PostgresPool {
  const connect = async (): Promise<PostgresPoolClient> => {
    const client = await pool.connect()
    let broken = false
    const query = async (text: string, parameters: unknown[]): Promise<unknown> => {
      try {
        return await client.query(text, parameters)
      } catch (error) {
        // What the server itself answers has a code of five characters.
        broken ||= !/^[0-9A-Z]{5}$/.test((error as { code?: string }).code ?? '')
        throw error
      }
    }
    return { query, release: () => client.release(broken) } as PostgresPoolClient
  }
  return { connect, end: () => pool.end() } as PostgresPool
}

function unavailable(error: unknown): ZkserveError {
  if (error instanceof ZkserveError) return error
  return new ZkserveError(
    'DATABASE_UNAVAILABLE',
    `the database cannot be opened: ${(error as Error).message}`,
    {
      cause: error,
    },
  )
}
