import { startPostgres } from '#scripts/fleet/postgres.js'
import { ServiceProcess } from '#scripts/fleet/service-process.js'

/** Processes of the service over one Postgres of their own. */
export interface Fleet {
  readonly processes: readonly ServiceProcess[]
  start(role: 'api' | 'worker', flags?: readonly string[]): Promise<ServiceProcess>
  end(): Promise<void>
}

/** @param flags of all processes */
export async function startFleet(flags: readonly string[]): Promise<Fleet> {
  const postgres = await startPostgres()
  const processes: ServiceProcess[] = []
  const common = ['--database', postgres.url, '--port', '0', '--log-level', 'error', ...flags]
  return {
    processes,
    start: async (role, more = []) => {
      const started = await ServiceProcess.start({
        flags: ['--role', role, ...common, ...more],
        environment: { ZKSERVE_ENCRYPTION_KEYS: '5a'.repeat(32) },
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
