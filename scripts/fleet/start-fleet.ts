import { startPostgres } from '#scripts/fleet/postgres.js'
import { ServiceProcess } from '#scripts/fleet/service-process.js'

/** Processes of the service over one Postgres of their own. */
export interface Fleet {
  readonly processes: readonly ServiceProcess[]
  /** Address of the database. */
  readonly database: string
  /** @param environment variables of this process alone */
  start(
    role: 'api' | 'worker' | 'oracle',
    flags?: readonly string[],
    environment?: Readonly<Record<string, string>>,
  ): Promise<ServiceProcess>
  end(): Promise<void>
}

/** @param flags of all processes */
export async function startFleet(flags: readonly string[]): Promise<Fleet> {
  const postgres = await startPostgres()
  const processes: ServiceProcess[] = []
  const common = ['--database', postgres.url, '--port', '0', '--log-level', 'error', ...flags]
  return {
    processes,
    database: postgres.url,
    start: async (role, more = [], environment = {}) => {
      const started = await ServiceProcess.start({
        flags: ['--role', role, ...common, ...more],
        environment: { ZKSERVE_ENCRYPTION_KEYS: '5a'.repeat(32), ...environment },
      })
      processes.push(started)
      return started
    },
    end: async () => {
      await Promise.all(processes.map((each) => each.kill()))
      postgres.end()
    },
  }
}
