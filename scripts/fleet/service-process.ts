import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { distFile } from '#circuits/paths.js'

export interface ServiceProcessOptions {
  /** Flags of `zkserve serve`. */
  readonly flags: readonly string[]
  /** Variables beside PATH. */
  readonly environment?: Readonly<Record<string, string>>
}

/** ms within which a process listens or ends. */
const patience = 120_000
/** Characters of a process' standard error that are kept: what it said last. */
const keptLog = 20_000

/** The compiled service in a process of its own. */
export class ServiceProcess {
  readonly url: string
  readonly pid: number
  readonly #child: ChildProcess
  readonly #ended: Promise<void>
  readonly #log: { text: string }

  private constructor(url: string, child: ChildProcess, ended: Promise<void>, log: { text: string }) {
    this.url = url
    this.pid = child.pid!
    this.#child = child
    this.#ended = ended
    this.#log = log
  }

  /** Settles when it listens; rejects with what it said where it ends instead, or does neither for too long. */
  static start({ flags, environment = {} }: ServiceProcessOptions): Promise<ServiceProcess> {
    const args = [distFile('service/cli/main.js'), 'serve', '--json', ...flags]
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, ...environment },
    })
    const log = { text: '' }
    child.stderr.on('data', (chunk: Buffer) => {
      log.text = (log.text + chunk.toString()).slice(-keptLog)
    })
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
    return new Promise((resolve, reject) => {
      let said = ''
      const timer = setTimeout(() => {
        reject(new Error(`the service neither listens nor ends: ${said}${log.text}`))
        child.kill('SIGKILL')
      }, patience)
      child.once('error', reject)
      child.once('close', () => {
        clearTimeout(timer)
        reject(new Error(`the service ended: ${said}${log.text}`))
      })
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString()
        if (!said.includes('\n')) return
        const { url }: { url?: string } = JSON.parse(said)
        if (url === undefined) return
        clearTimeout(timer)
        resolve(new ServiceProcess(url, child, ended, log))
      })
    })
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** What it wrote to standard error last. */
  get log(): string {
    return this.#log.text
  }

  /** Resident memory in bytes; 0 where the process is gone. */
  get resident(): number {
    try {
      const status = readFileSync(`/proc/${this.pid}/status`, 'utf8')
      return Number(/^VmRSS:\s*(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024
    } catch {
      return 0
    }
  }

  /** SIGKILL; settles when the process is gone. */
  kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    return this.#ended
  }

  /** SIGTERM; settles when the process has ended by itself. */
  stop(): Promise<void> {
    this.#child.kill('SIGTERM')
    return this.#ended
  }

  /** Stands still, as a process on a machine that swaps. */
  pause(): void {
    this.#child.kill('SIGSTOP')
  }

  resume(): void {
    this.#child.kill('SIGCONT')
  }
}
