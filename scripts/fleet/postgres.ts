import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '#scripts/fleet/free-port.js'

const execFileAsync = promisify(execFile)

/** A Postgres server of its user's own. */
export interface TestPostgres {
  readonly url: string
  readonly port: number
  /** Kills it at once, as a power cut would. */
  kill(): void
  /** Starts it again over the same data. */
  start(): Promise<void>
  end(): void
}

/** Folder of Postgres' programs, or null where it is not installed. */
export function postgresPrograms(): string | null {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : []
  return (
    versions.map((version) => join(root, version, 'bin')).find((path) => existsSync(join(path, 'initdb'))) ??
    null
  )
}

/** Starts a server on a free port. Postgres refuses root, so root runs it as `nobody`. */
export async function startPostgres(): Promise<TestPostgres> {
  const programs = postgresPrograms()!
  const folder = mkdtempSync(join(tmpdir(), 'zkserve-postgres-'))
  const data = join(folder, 'data')
  const root = process.getuid?.() === 0
  if (root) execFileSync('chown', ['nobody', folder])
  const as = (program: string, args: readonly string[]): [string, string[]] => {
    const path = join(programs, program)
    return root
      ? ['setpriv', ['--reuid=nobody', '--regid=nogroup', '--clear-groups', path, ...args]]
      : [path, [...args]]
  }
  const run = (program: string, args: readonly string[]): void => {
    execFileSync(...as(program, args), { stdio: 'ignore', cwd: folder })
  }
  run('initdb', ['-D', data, '-U', 'zkserve', '-A', 'trust', '--no-sync'])
  const port = await freePort()
  let server: ReturnType<typeof spawn>
  let exited: Promise<unknown> = Promise.resolve()
  const start = async (): Promise<void> => {
    // One that was killed holds port and data until it is gone.
    await exited
    const args = ['-D', data, '-p', String(port), '-k', folder, '-h', '127.0.0.1']
    server = spawn(...as('postgres', args), { stdio: 'ignore', cwd: folder })
    exited = once(server, 'exit')
    for (let attempt = 0; ; attempt++) {
      try {
        await execFileAsync(...as('pg_isready', ['-h', '127.0.0.1', '-p', String(port)]), { cwd: folder })
        return
      } catch (error) {
        if (attempt > 200) throw error
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    }
  }
  await start()
  const kill = (): void => {
    server.kill('SIGQUIT')
  }
  const end = (): void => {
    kill()
    rmSync(folder, { recursive: true, force: true })
  }
  return { url: `postgres://zkserve@127.0.0.1:${port}/postgres`, port, kill, start, end }
}
