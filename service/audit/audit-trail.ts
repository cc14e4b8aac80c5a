import { hostname } from 'node:os'
import { sql } from 'kysely'
import type { ZkserveError } from '#circuits/errors.js'
import { toZkserveError } from '#circuits/errors.js'
import { guarded } from '#service/database/guarded.js'
import type { Database } from '#service/database/open-database.js'

export interface AuditTrailOptions {
  /** Told where a record could not be written. */
  readonly onError: (error: ZkserveError) => void
  /** ms for which refusals are counted before one record tells of them; a minute by default. */
  readonly interval?: number
}

/**
 * What a process of the service writes into the audit log of itself: that it started and stopped, and how many
 * requests it refused. Changes of tables are noted by the database (`migrations/trail.ts`).
 */
export class AuditTrail {
  readonly #database: Database
  readonly #options: AuditTrailOptions
  readonly #actor = `service:${hostname()}-${process.pid}`
  #refusals = new Map<string, number>()
  #since = 0
  readonly #timer: NodeJS.Timeout

  private constructor(database: Database, options: AuditTrailOptions) {
    this.#database = database
    this.#options = options
    this.#timer = setInterval(() => void this.#tellRefusals(), options.interval ?? 60_000)
    this.#timer.unref()
  }

  /** Notes that the process started. @throws ZkserveError `DATABASE_UNAVAILABLE` */
  static async start(
    database: Database,
    facts: Readonly<Record<string, string>>,
    options: AuditTrailOptions,
  ): Promise<AuditTrail> {
    const trail = new AuditTrail(database, options)
    await trail.#append('service.started', facts)
    return trail
  }

  /** Counts a refused request. One record an interval tells of all, so that nobody fills the disk with refusals. */
  refused(status: 401 | 403): void {
    if (this.#refusals.size === 0) this.#since = Date.now()
    this.#refusals.set(String(status), (this.#refusals.get(String(status)) ?? 0) + 1)
  }

  /** Notes that the process stops; a database that is gone is no error. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#tellRefusals()
    await this.#append('service.stopped', {}).catch((error) => this.#failed(error))
  }

  async #tellRefusals(): Promise<void> {
    if (this.#refusals.size === 0) return
    const counted = this.#refusals
    this.#refusals = new Map()
    const subject = { since: this.#since, statuses: Object.fromEntries(counted) }
    await this.#append('requests.refused', subject).catch((error) => {
      // Told later, with what comes until then.
      for (const [status, count] of counted)
        this.#refusals.set(status, (this.#refusals.get(status) ?? 0) + count)
      this.#since = subject.since
      this.#failed(error)
    })
  }

  #append(action: string, subject: object): Promise<void> {
    const about = JSON.stringify(subject)
    return guarded(async () => {
      await sql`select audit_append('', ${this.#actor}, ${action}, ${about}::jsonb)`.execute(
        this.#database.tables,
      )
    })
  }

  #failed(error: unknown): void {
    this.#options.onError(toZkserveError(error))
  }
}
