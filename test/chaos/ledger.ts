/** What the service promised to the clients, and what was done to it meanwhile. */
export interface Ledger {
  /** Requests that were acknowledged, by their Idempotency-Key. */
  readonly accepted: Map<string, Accepted>
  readonly kills: Kill[]
  readonly partitions: Partition[]
  /** When there was no database, or the whole machine stood still. */
  readonly outages: Outage[]
  /** Answers that no fault explains. */
  readonly unexpected: string[]
  /** What happened when, for those who look for the reason of a failure. */
  readonly timeline: string[]
  readonly counts: { requests: number; refused: number; broken: number; repeated: number }
}

/** One acknowledged request. */
export interface Accepted {
  readonly key: string
  readonly body: InferBody
  /** Null where the reply was the proof itself. */
  id: string | null
  /** What the first reply said of the answer. */
  readonly integers: string
  /** State that an answered DELETE told. */
  cancelled: string | null
  /** What was first seen of its end, as JSON. */
  end: string | null
}

export interface InferBody {
  readonly model: string
  readonly input: unknown
  /** Names the request in its proof. */
  readonly nonce: string
  readonly deadline?: number
}

export type KillKind = 'worker' | 'api' | 'all' | 'database' | 'backend'

export interface Kill {
  readonly kind: KillKind
  /** ms since the epoch. */
  readonly at: number
  /** Ids of the jobs that it held; null where any may have been its. */
  readonly jobs: readonly string[] | null
}

/** From and to, in ms since the epoch. */
export type Outage = readonly [from: number, to: number]

export interface Partition {
  readonly role: string
  readonly mode: string
  /** ms. */
  readonly length: number
}

/** ms between two ticks of a clock, above which the machine stood still. */
const longestGap = 3000

/** Writes down what happens now. */
export function note({ timeline }: Ledger, text: string): void {
  timeline.push(`${new Date().toISOString().slice(11, 23)} ${text}`)
}

/** Writes down what no fault explains. */
export function unexpected(ledger: Ledger, text: string): void {
  ledger.unexpected.push(text)
  note(ledger, text)
}

export function emptyLedger(): Ledger {
  const counts = { requests: 0, refused: 0, broken: 0, repeated: 0 }
  return { accepted: new Map(), kills: [], partitions: [], outages: [], unexpected: [], timeline: [], counts }
}

/** Writes down when this process stood still, and with it all others of the test: no fault of theirs. @returns ends it */
export function watchStandstills(ledger: Ledger): () => void {
  let last = Date.now()
  const timer = setInterval(() => {
    const now = Date.now()
    if (now - last > longestGap) {
      ledger.outages.push([last, now])
      note(ledger, `the machine stood still for ${now - last} ms`)
    }
    last = now
  }, 250)
  return () => clearInterval(timer)
}
