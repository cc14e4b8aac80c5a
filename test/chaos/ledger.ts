/** What the service promised to the clients, and what was done to it meanwhile. */
export interface Ledger {
  /** Requests that were acknowledged, by their Idempotency-Key. */
  readonly accepted: Map<string, Accepted>
  readonly kills: Kill[]
  readonly partitions: Partition[]
  /** When there was no database. */
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

/** Writes down what happens now. */
export function note({ timeline }: Ledger, text: string): void {
  timeline.push(`${new Date().toISOString().slice(11, 23)} ${text}`)
}

export function emptyLedger(): Ledger {
  const counts = { requests: 0, refused: 0, broken: 0, repeated: 0 }
  return { accepted: new Map(), kills: [], partitions: [], outages: [], unexpected: [], timeline: [], counts }
}
