/** The queue of jobs over every database that it may stand on, as its tests use it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { postgresPrograms, startPostgres } from '#scripts/fleet/postgres.js'
import { type Database, openEmbedded, openMemory, openPostgres } from '#service/database/open-database.js'
import type { WorkerFacts } from '#service/jobs/claim.js'
import { JobChanges } from '#service/jobs/job-changes.js'
import { JobClaims, type JobClaimsOptions } from '#service/jobs/job-claims.js'
import { JobQueue } from '#service/jobs/job-queue.js'
import type { NewJob } from '#service/jobs/new-job.js'
import type { TaskCodec } from '#service/jobs/task-codec.js'
import { mutationDatabase } from '../../support/mutation-postgres.js'

export const jobSettings = { lease: 5000, lifetime: 60_000, limit: 1000 }

/** Tasks as they are: what seals them has tests of its own. */
const tasks: TaskCodec<string> = {
  encode: (_id, task) => Buffer.from(task),
  decode: (_id, bytes) => Buffer.from(bytes).toString(),
  seal: (_id, _part, value) => JSON.stringify(value),
  open: (_id, _part, text) => JSON.parse(text),
}

/** Both sides of one queue. */
export interface TestJobs {
  readonly database: Database
  readonly queue: JobQueue<string, string, number>
  readonly claims: JobClaims<string, number>
  /** Lets so many ms pass for the database: all its times lie so much further back. */
  elapse(milliseconds: number): Promise<void>
  close(): Promise<void>
}

export async function jobsOver(
  database: Database,
  settings: Partial<JobClaimsOptions<string>> = {},
): Promise<TestJobs> {
  const changes = await JobChanges.open(database)
  const options = { ...jobSettings, tasks, ...settings }
  const close = async () => {
    await changes.close()
    await database.close()
  }
  const queue = new JobQueue<string, string, number>(database, changes, options)
  const claims = new JobClaims<string, number>(database, changes, options)
  const elapse = async (milliseconds: number) => {
    const back = (column: string) =>
      sql<Date>`${sql.ref(column)} - ${milliseconds} * interval '1 millisecond'`
    const columns = ['created_at', 'started_at', 'finished_at', 'lease_until', 'deadline']
    const times = Object.fromEntries(columns.map((column) => [column, back(column)]))
    await database.tables.updateTable('jobs').set(times).execute()
    await database.tables
      .updateTable('workers')
      .set({ seen_at: back('seen_at') })
      .execute()
  }
  return { database, queue, claims, elapse, close }
}

export async function jobsInMemory(settings: Partial<JobClaimsOptions<string>> = {}): Promise<TestJobs> {
  const url = await mutationDatabase()
  return jobsOver(url === null ? await openMemory() : await openPostgres(url, () => {}), settings)
}

/** A worker that does proofs of the model `m`. */
export const testWorker: WorkerFacts = {
  name: 'one',
  concurrency: 1,
  kinds: ['proof'],
  models: ['m'],
  store: false,
  memory: null,
}

/** A job of the default tenant. */
export function testJob(task: string, more: Partial<NewJob<string, string>> = {}): NewJob<string, string> {
  return {
    tenant: 'default',
    kind: 'proof',
    model: 'm',
    bundle: null,
    subject: `about ${task}`,
    task,
    deadline: null,
    cost: 1,
    memory: 0,
    ...more,
  }
}

/** A place where jobs outlive those who use it. */
export interface Backing {
  open(): Promise<Database>
  end(): void
}

const backings: readonly (readonly [string, () => Promise<Backing>])[] = [
  [
    'in the embedded database',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'zkserve-test-'))
      return {
        open: () => openEmbedded(join(folder, 'data')),
        end: () => rmSync(folder, { recursive: true }),
      }
    },
  ],
  [
    'in a Postgres server',
    async () => {
      const server = await startPostgres()
      return { open: () => openPostgres(server.url, () => {}), end: () => server.end() }
    },
  ],
]

const mutation: typeof backings = [
  [
    'in a Postgres server',
    async () => {
      const url = (await mutationDatabase())!
      return { open: () => openPostgres(url, () => {}), end: () => {} }
    },
  ],
]

/** The embedded database, and a Postgres server where one is installed; in mutation tests a ready server alone. */
export const presentBackings: typeof backings =
  process.env.STRYKER_MUTATOR_WORKER === undefined
    ? backings.filter(([name]) => !name.includes('server') || postgresPrograms() !== null)
    : mutation
