import type { Database } from '#service/database/open-database.js'
import type { JobState } from '#service/jobs/job.js'

/** A job entered a state, or another stage of `running`; `null`: anything may have changed. */
export type JobChange = { readonly id: string; readonly state: JobState } | null

/** What the database tells of jobs, whichever process changed them. */
export class JobChanges {
  readonly #listeners = new Set<(change: JobChange) => void>()
  #stop: () => Promise<void> = async () => {}

  private constructor() {}

  /** Begins to listen. @throws ZkserveError `DATABASE_UNAVAILABLE` */
  static async open(database: Database): Promise<JobChanges> {
    const changes = new JobChanges()
    changes.#stop = await database.listen((message) => changes.#tell(message))
    return changes
  }

  /** Calls back when jobs change. @returns ends it */
  subscribe(listener: (change: JobChange) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async close(): Promise<void> {
    this.#listeners.clear()
    await this.#stop()
  }

  #tell(message: string | null): void {
    const [id, state] = message?.split(' ') ?? []
    const change = id === undefined || state === undefined ? null : { id, state: state as JobState }
    for (const listener of this.#listeners) listener(change)
  }
}
