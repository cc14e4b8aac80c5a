import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import { toZkserveError, type ZkserveError } from '#circuits/errors.js'
import type { Database } from '#service/database/open-database.js'
import type { JobChange } from '#service/jobs/job-changes.js'
import { DataFees } from '#service/oracle/data-fees.js'
import { type FollowOptions, followChain } from '#service/oracle/follow-chain.js'
import { forgetEnded } from '#service/oracle/forget-ended.js'
import { readGasMarket } from '#service/oracle/gas-fees.js'
import type { Policy } from '#service/oracle/judge-request.js'
import {
  type OracleChain,
  type OracleChainOptions,
  openOracleChain,
  readHead,
} from '#service/oracle/oracle-chain.js'
import { type ProvingOptions, RequestProver } from '#service/oracle/prove-requests.js'
import { EventReader } from '#service/oracle/read-events.js'
import { AnswerSender, type SendingOptions } from '#service/oracle/send-answers.js'
import { type SettlingOptions, TransactionSettler } from '#service/oracle/settle-transactions.js'
import { signerForOracle, type TransactionSigner } from '#service/oracle/transaction-signer.js'
import { LeaseLost, WatchLease } from '#service/oracle/watch-lease.js'
import type { WatchStep } from '#service/oracle/watch-step.js'

type Shared =
  | 'chain'
  | 'lease'
  | 'account'
  | 'signer'
  | 'step'
  | 'onError'
  | 'onSettled'
  | 'policy'
  | 'events'
  | 'dataFees'

export interface OracleWatcherOptions
  extends OracleChainOptions,
    Omit<FollowOptions, Shared>,
    Omit<ProvingOptions, Shared>,
    Omit<SendingOptions, Shared>,
    Omit<SettlingOptions, Shared> {
  readonly database: Database
  /** Whose answers are paid, and who pays for gas. */
  readonly signer: TransactionSigner
  readonly policy: Policy
  /** Names this process among those that share the database. */
  readonly name: string
  /** Whether no other process can have the lease. */
  readonly isAlone: boolean
  /** Time of a lease, in ms. */
  readonly leaseTime: number
  /** ms between looks at the chain. */
  readonly poll: number
  /** ms for which what ended is kept. */
  readonly lifetime: number
  /** Tells of jobs that changed. @returns ends it */
  readonly subscribe: (listener: (change: JobChange) => void) => () => void
  readonly log: Pick<FastifyBaseLogger, 'info' | 'warn' | 'error'>
  readonly step?: WatchStep
}

/** What works while the chain is reached. */
interface Works {
  readonly chain: OracleChain
  readonly lease: WatchLease
  readonly follow: FollowOptions
  readonly prover: RequestProver
  readonly sender: AnswerSender
  readonly settler: TransactionSettler
}

/** What a look at the chain came to: another process watches, nothing more waits, or more blocks do. */
export type Look = 'standby' | 'idle' | 'behind'

/** ms between times at which is forgotten what ended long ago. */
const forgetEvery = 60_000
/** Longest pause after failures, in ms. */
const longestPause = 60_000

/**
 * Answers the requests of one oracle: follows its events, has answers proven, sends them, and follows its transactions
 * until they are final. All that it knows is in the database: it may be killed at any moment, and goes on.
 */
export class OracleWatcher {
  readonly #options: OracleWatcherOptions
  readonly #ended = new AbortController()
  #works: Works | null = null
  #isFirst = true
  #forgotAt = Number.NEGATIVE_INFINITY
  #wake: () => void = () => {}
  #running: Promise<void> | null = null
  #unsubscribe: () => void = () => {}

  constructor(options: OracleWatcherOptions) {
    this.#options = options
  }

  start(): void {
    this.#unsubscribe = this.#options.subscribe((change) => {
      if (change === null || change.state === 'succeeded' || change.state === 'failed') this.#wake()
    })
    this.#running ??= this.#run()
  }

  /** Ends after what is under way, and lets another process go on at once. */
  async stop(): Promise<void> {
    this.#unsubscribe()
    this.#ended.abort()
    this.#wake()
    await this.#running
    await this.#works?.lease.release().catch(() => undefined)
  }

  /**
   * Looks once at chain and jobs, and does what is to be done.
   * @throws ZkserveError `CHAIN_UNREACHABLE`, `CHAIN_REJECTED`, `CHAIN_INCONSISTENT`, `DATABASE_UNAVAILABLE`
   */
  async look(): Promise<Look> {
    this.#works ??= await this.#open()
    const { chain, lease, follow, prover, sender, settler } = this.#works
    if (!(await lease.acquire(this.#isFirst && this.#options.isAlone))) return 'standby'
    this.#isFirst = false
    try {
      const head = await readHead(chain)
      const market = await readGasMarket(chain, head)
      const { isBehind, seen, rewound, block } = await followChain(follow, head)
      const { log } = this.#options
      if (rewound !== null) log.warn({ block: Number(block) }, 'the chain was reorganised: read again')
      if (seen > 0) log.info({ seen, block: Number(block) }, 'oracle requests seen')
      const isWaiting = await settler.settle(head, market)
      await prover.decide(head, market.price)
      await prover.collect(head)
      const sent = isWaiting ? 0 : await sender.send(head, market)
      if (sent > 0) log.info({ answers: sent }, 'answers sent to the oracle')
      await this.#forget(lease)
      return isBehind ? 'behind' : 'idle'
    } catch (error) {
      if (error instanceof LeaseLost) return 'standby'
      throw error
    }
  }

  async #forget(lease: WatchLease): Promise<void> {
    if (performance.now() - this.#forgotAt < forgetEvery) return
    await lease.write((tables) => forgetEnded(tables, lease.id, this.#options.lifetime))
    this.#forgotAt = performance.now()
  }

  async #open(): Promise<Works> {
    const { signer: anySigner, database, name, leaseTime, log, step = () => {}, ...options } = this.#options
    const chain = await openOracleChain(options)
    const account = anySigner.address
    const { chainId, oracle } = chain
    const lease = await WatchLease.open(database, { chainId, oracle, account }, name, leaseTime)
    const signer = signerForOracle(anySigner, { chainId, oracle })
    const onError = ({ code, message }: ZkserveError, requestId: bigint): void =>
      log.warn({ code, request: String(requestId) }, message)
    const dataFees = new DataFees(chain)
    const shared = { ...options, chain, lease, account, signer, step, dataFees, onError }
    const onSettled: SettlingOptions['onSettled'] = ({ answered, earned, cost }) =>
      log.info(
        { requests: answered.map(String), earned: String(earned), cost: String(cost) },
        answered.length > 0 ? 'oracle requests answered' : 'a transaction answered nothing',
      )
    log.info({ chainId, oracle, account }, 'watching an oracle')
    return {
      chain,
      lease,
      follow: { ...shared, events: new EventReader(chain) },
      prover: new RequestProver(shared),
      sender: new AnswerSender(shared),
      settler: new TransactionSettler({ ...shared, onSettled }),
    }
  }

  async #run(): Promise<void> {
    const { poll, log, leaseTime } = this.#options
    const { signal } = this.#ended
    let failures = 0
    while (!signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      let pause = poll
      try {
        const look = await this.look()
        if (failures > 0) log.info('the oracle is watched again')
        failures = 0
        if (look === 'behind') pause = 0
        if (look === 'standby') pause = leaseTime / 3
      } catch (thrown) {
        const { code, message } = toZkserveError(thrown)
        // No trace: messages of the RPC client name its address, which may hold a key.
        log.error({ code }, `the oracle cannot be watched now: ${message}`)
        pause = Math.min(longestPause, poll * 2 ** Math.min(failures++, 10))
        await sleep(pause, null, { signal }).catch(() => undefined)
        continue
      }
      const timer = new AbortController()
      await Promise.race([
        woken,
        sleep(pause, null, { signal: AbortSignal.any([signal, timer.signal]) }).catch(() => undefined),
      ])
      timer.abort()
    }
  }
}
