import type { Machine } from '#scripts/bench/machine.js'
import type { Contestant } from '#scripts/bench/prover/contestants.js'
import type { Distance } from '#scripts/bench/prover/distance.js'
import type { ScalarKinds } from '#scripts/bench/prover/scalar-kinds.js'
import type { Subject } from '#scripts/bench/prover/subject.js'

/** Milliseconds; `cpu` over all threads of the process. */
export interface Spent {
  readonly cpu: number
  readonly wall: number
}

/** One proof. */
export interface ProofMeasure {
  /** 0 where the witness is given. */
  readonly witness: Spent
  readonly prove: Spent
  /** CPU time of the parts of `prove`, where the back end tells it. */
  readonly stages: Readonly<Record<string, number>> | null
  /** Time of one multiplication in the field by the back end, in ns, where it can tell. */
  readonly multiplication: number | null
}

export interface ContestantResult extends Contestant {
  /** Medians. */
  readonly witness: Spent
  readonly prove: Spent
  /** Of witness and proof together. */
  readonly both: Spent
  readonly stages: Readonly<Record<string, number>> | null
  readonly multiplication: number | null
  /** Peak resident memory of the process beyond what it took before it saw a key, in bytes. */
  readonly memory: number
}

export interface SubjectResult {
  readonly name: string
  readonly kind: Subject['kind']
  readonly domain: number
  readonly signals: number
  readonly publicSignals: number
  readonly scalars: ScalarKinds
  /** One-minute load average before the measurement. */
  readonly loadAverage: number
  readonly contestants: readonly ContestantResult[]
  /** Contestants that made no proof, or a wrong one. */
  readonly failures: readonly (Contestant & { readonly message: string })[]
  /** One a native build, of proofs by one thread. */
  readonly distances: readonly Distance[]
}

export interface ProverBenchResult {
  readonly schema: 'zkserve/bench-prover/1'
  readonly version: string
  /** ISO 8601. */
  readonly date: string
  readonly machine: Machine
  readonly rounds: number
  readonly subjects: readonly SubjectResult[]
}
