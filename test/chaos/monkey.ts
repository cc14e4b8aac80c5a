import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TestPostgres } from '#scripts/fleet/postgres.js'
import type { RandomSource } from '../support/random-source.js'
import type { ProxyMode } from '../support/tcp-proxy.js'
import { queryPostgres } from './database.js'
import type { Member } from './fleet.js'
import { type KillKind, type Ledger, note } from './ledger.js'

export interface MonkeyOptions {
  readonly apis: readonly Member[]
  readonly workers: readonly Member[]
  readonly postgres: TestPostgres
  readonly ledger: Ledger
  readonly random: RandomSource
  /** Longest time between two faults, in ms. */
  readonly pause: number
  /** Longest partition, in ms. */
  readonly partition: number
}

/** Ways in which a network fails, for so long that leases lapse. */
const partitions: readonly ProxyMode[] = ['hold', 'swallow', 'swallow-requests', 'swallow-answers']

type Fault = KillKind | 'network' | 'short'

/** How often each fault is chosen. */
const faults: readonly (readonly [Fault, number])[] = [
  ['worker', 55],
  ['api', 20],
  ['all', 2],
  ['database', 6],
  ['backend', 3],
  ['network', 8],
  ['short', 6],
]

/** Breaks a fleet at random, and starts again what it broke. */
export class Monkey {
  readonly #options: MonkeyOptions
  readonly #mending = new Set<Promise<unknown>>()
  #partitioned: Member | null = null

  constructor(options: MonkeyOptions) {
    this.#options = options
  }

  /** Kills processes and the database so many times; settles when all is up again. */
  async run(kills: number): Promise<void> {
    const { random, ledger, pause } = this.#options
    // Each kind for certain, partitions from the start.
    for (const fault of ['network', 'worker', 'api', 'database', 'backend'] as const) {
      await this.#fault(fault)
      await sleep(random.below(pause))
    }
    while (ledger.kills.length < kills) {
      await sleep(random.below(pause))
      await this.#fault(this.#pick())
    }
    while (this.#mending.size > 0) await Promise.all(this.#mending)
  }

  async #fault(fault: Fault): Promise<void> {
    const { random, apis, workers } = this.#options
    switch (fault) {
      case 'worker':
        return this.#killWorker()
      case 'api':
        return this.#kill('api', [random.pick(apis)])
      case 'all':
        return this.#kill('all', [...apis, ...workers])
      case 'database':
        return this.#killDatabase()
      case 'backend':
        return this.#killBackend()
      case 'network':
        return this.#partition()
      case 'short':
        return this.#interrupt(random.pick([...apis, ...workers]))
    }
  }

  #pick(): Fault {
    let ticket = this.#options.random.below(faults.reduce((sum, [, share]) => sum + share, 0))
    for (const [fault, share] of faults) {
      ticket -= share
      if (ticket < 0) return fault
    }
    throw new RangeError('no fault')
  }

  /** Kills a worker, rather one that works; another stays that can do its jobs. */
  async #killWorker(): Promise<void> {
    const { random } = this.#options
    const able = this.#ableWorkers()
    if (able.length < 2) return
    let busy: readonly Member[] = []
    for (let look = 0; look < 20 && busy.length === 0; look++) {
      const held = await this.#heldJobs()
      busy = able.filter(({ pid }) => held.some(({ worker }) => worker.includes(`-${pid}-`)))
    }
    await this.#kill('worker', [random.pick(busy.length > 0 ? busy : able)])
  }

  async #kill(kind: KillKind, members: readonly Member[]): Promise<void> {
    const { ledger, random, postgres } = this.#options
    const running = members.filter(({ pid }) => pid !== null)
    if (running.length === 0) return
    if (kind === 'all') postgres.kill()
    const pids = running.map(({ pid }) => pid)
    const at = Date.now()
    await Promise.all(running.map((member) => member.kill()))
    // Looked at after the kill: until their leases lapse its jobs stand there as they were.
    const held = kind === 'worker' ? await this.#heldJobs() : []
    const jobs = held.filter(({ worker }) => pids.some((pid) => worker.includes(`-${pid}-`)))
    note(
      ledger,
      `${kind} killed: ${pids.join(' ')}, with jobs ${jobs.map(({ id }) => id.slice(0, 8)).join(' ')}`,
    )
    for (const _ of running) ledger.kills.push({ kind, at, jobs: jobs.map(({ id }) => id) })
    // The database alone is started by nobody else.
    if (kind === 'all') await postgres.start()
    this.#mend(async () => {
      await sleep(random.below(1000))
      await Promise.all(members.map((member) => member.up()))
      if (kind === 'all') ledger.outages.push([at, Date.now()])
      note(ledger, `up: ${members.map(({ pid }) => pid).join(' ')}`)
    })
  }

  /** `immediate` stop: no checkpoint, connections torn. */
  async #killDatabase(): Promise<void> {
    const { ledger, random, postgres } = this.#options
    const at = Date.now()
    postgres.kill()
    note(ledger, 'database killed')
    ledger.kills.push({ kind: 'database', at, jobs: [] })
    await sleep(random.below(1500))
    await postgres.start()
    ledger.outages.push([at, Date.now()])
    note(ledger, 'database up')
  }

  /** SIGKILL of one process of the database, which then throws all connections out and recovers. */
  async #killBackend(): Promise<void> {
    const { ledger, postgres } = this.#options
    const [backend] = await queryPostgres<{ pid: number }>(
      postgres,
      `select pid from pg_stat_activity where usename = 'zkserve' and pid <> pg_backend_pid() limit 1`,
    )
    // Gone by now, its number may be another's; 0 would be this very process group.
    if (backend === undefined || !isBackend(backend.pid)) return
    process.kill(backend.pid, 'SIGKILL')
    note(ledger, 'backend killed')
    ledger.kills.push({ kind: 'backend', at: Date.now(), jobs: [] })
  }

  /** One process cannot speak with the database any more, and nobody tells it. */
  #partition(): void {
    if (this.#partitioned !== null) return
    const { random, ledger, apis, partition } = this.#options
    const able = this.#ableWorkers()
    const member = random.pick(able.length < 2 ? apis : [...apis, ...able])
    const mode = random.pick(partitions)
    const length = Math.floor(partition * (0.5 + random.below(2) / 2))
    ledger.partitions.push({ role: apis.includes(member) ? 'api' : 'worker', mode, length })
    this.#partitioned = member
    this.#mend(async () => {
      note(ledger, `${mode} before ${member.pid} for ${length} ms`)
      await member.proxy!.set(mode)
      await sleep(length)
      await member.proxy!.set('pass')
      note(ledger, 'mended')
      this.#partitioned = null
    })
  }

  /** Connections break, are refused for a moment, or are slow. */
  async #interrupt({ proxy }: Member): Promise<void> {
    const { random } = this.#options
    if (this.#partitioned !== null) return
    const kind = random.pick(['cut', 'reset', 'refuse', 'slow'] as const)
    note(this.#options.ledger, `connections ${kind}`)
    if (kind === 'cut') proxy!.cut()
    if (kind === 'slow') proxy!.delay(200)
    if (kind === 'reset' || kind === 'refuse') await proxy!.set(kind)
    await sleep(random.below(500))
    proxy!.delay(0)
    await proxy!.set('pass')
  }

  #ableWorkers(): readonly Member[] {
    return this.#options.workers.filter((worker) => worker.pid !== null && worker !== this.#partitioned)
  }

  async #heldJobs(): Promise<{ id: string; worker: string }[]> {
    return queryPostgres(this.#options.postgres, `select id, worker from jobs where state = 'running'`)
  }

  #mend(work: () => Promise<void>): void {
    const mending = work().finally(() => this.#mending.delete(mending))
    this.#mending.add(mending)
  }
}

function isBackend(pid: number): boolean {
  try {
    return pid > 1 && readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('postgres:')
  } catch {
    return false
  }
}
