import type { BuildStage } from '#prover/bundle/build.js'
import type { Manifest } from '#prover/bundle/manifest.js'
import type { Evaluation } from '#prover/inference/evaluate.js'
import type { ProvingStage } from '#prover/prove.js'
import type { Machine } from '#scripts/bench/machine.js'
import type { BenchSource } from '#scripts/bench/sources.js'

/** Milliseconds by stage. */
export type ProvingTimes = Readonly<Record<ProvingStage, number>>

export interface BuildMeasure {
  /** Milliseconds. */
  readonly timings: Readonly<Record<BuildStage, number>>
  /** Milliseconds from the ONNX file to the finished bundle, import included. */
  readonly total: number
}

export interface ProveMeasure {
  readonly backend: string
  /** The first proof of a fresh process, bundle loaded. */
  readonly first: ProvingTimes
  /** Of `runs` proofs after the first. */
  readonly median: ProvingTimes
  /** Median processor time of a proof, all threads together, in ms: other load moves it less than the others. */
  readonly cpu: number
  readonly runs: number
  /** Bytes of the proof as snarkjs' JSON, without its public signals. */
  readonly proofBytes: number
  /** Bytes of the calldata of `InferenceVerifier.consume`. */
  readonly calldataBytes: number
}

/** Gas of transactions, calldata and the 21,000 of each included. */
export interface GasMeasure {
  readonly register: number
  /** One accepted inference whose nonce is the first of its 256. */
  readonly acceptFirst: number
  /** One accepted inference. */
  readonly accept: number
  readonly batchSize: number
  /** Each element of a batch; null where it was neither measured nor in the snapshot. */
  readonly batchEach: number | null
  /** `measured`: real proofs of this model; `snapshot`: verifier-contracts/snapshots/gas.json. */
  readonly batchSource: 'measured' | 'snapshot' | null
}

/** Peak resident memory in bytes. */
export interface MemoryMeasure {
  readonly build: number
  /** The largest process that the build started, the compiler; null where the system does not tell. */
  readonly compiler: number | null
  readonly prove: number
}

export interface ModelResult {
  readonly name: string
  readonly origin: BenchSource['origin']
  /** Inferences that share a proof. */
  readonly batch: number
  /** One-minute load average before the measurement. */
  readonly loadAverage: number
  readonly compiler: Manifest['compiler']
  readonly constraints: Manifest['constraints']
  readonly wires: number
  readonly publicSignals: number
  /** Bytes by file of the bundle. */
  readonly files: Readonly<Record<string, number>>
  readonly build: BuildMeasure
  readonly prove: ProveMeasure
  readonly memory: MemoryMeasure
  readonly accuracy: Evaluation
  readonly gas: GasMeasure
}

export interface BenchResult {
  readonly schema: 'zkserve/bench/1'
  readonly version: string
  /** ISO 8601. */
  readonly date: string
  readonly machine: Machine
  readonly models: readonly ModelResult[]
  readonly failures: readonly { readonly model: string; readonly message: string }[]
}
