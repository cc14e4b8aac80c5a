import { setTimeout as sleep } from 'node:timers/promises'
import { ServiceProcess } from '#scripts/fleet/service-process.js'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js'

/** All processes over one database have the same. */
const environment = {
  ZKSERVE_ENCRYPTION_KEYS: '5a'.repeat(32),
  ZKSERVE_SIGNER_KEY: `0x${'07'.repeat(32)}`,
}

const common = ['--log-level', 'error', '--queue-size', '200', '--job-limit', '1000000']

export interface MemberOptions {
  readonly flags: readonly string[]
  /** Port of the Postgres server; null for one that embeds its own. */
  readonly database: number | null
}

/** One process of the fleet, and its way to the database. */
export class Member {
  /** Null before a server of its own. */
  readonly proxy: TcpProxy | null
  readonly #flags: readonly string[]
  #process: ServiceProcess | null = null
  #port = '0'
  #url = ''
  #ended = false
  #starting: Promise<void> | null = null

  private constructor(flags: readonly string[], proxy: TcpProxy | null) {
    this.proxy = proxy
    this.#flags = flags
  }

  static async start({ flags, database }: MemberOptions): Promise<Member> {
    const proxy = database === null ? null : await startTcpProxy(database)
    const url = proxy && ['--database', `postgres://zkserve@127.0.0.1:${proxy.port}/postgres`]
    const member = new Member([...flags, ...common, ...(url ?? [])], proxy)
    await member.up()
    return member
  }

  /** Where it listens; the same after each start. */
  get url(): string {
    return this.#url
  }

  get pid(): number | null {
    return this.#process?.pid ?? null
  }

  get process(): ServiceProcess | null {
    return this.#process
  }

  /** Starts it, again and again where it ends at once, as a supervisor does. */
  up(): Promise<void> {
    this.#starting ??= this.#start().finally(() => {
      this.#starting = null
    })
    return this.#starting
  }

  async #start(): Promise<void> {
    while (this.#process === null && !this.#ended) {
      try {
        const started = await ServiceProcess.start({
          flags: [...this.#flags, '--port', this.#port],
          environment,
        })
        if (this.#ended) return void (await started.kill())
        this.#process = started
        this.#url = started.url
        this.#port = new URL(started.url).port
      } catch (error) {
        if (this.#port === '0') throw error
        await sleep(200)
      }
    }
  }

  /** SIGKILL, where it runs. */
  async kill(): Promise<void> {
    const running = this.#process
    this.#process = null
    await running?.kill()
  }

  async end(): Promise<void> {
    this.#ended = true
    await this.kill()
    await this.#starting
    await this.proxy?.close()
  }
}
