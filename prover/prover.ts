import type { ProofWithSignals } from '#prover/groth16.js'

export type ProverName = 'native' | 'snarkjs' | 'wasm'

/** What a back end needs for one proof: bytes of a snarkjs `.zkey` and of a `.wtns`. */
export interface ProveRequest {
  readonly zkey: Uint8Array
  readonly witness: Uint8Array
  readonly signal?: AbortSignal
  /** Ends a native proof when its first byte becomes 1: unlike a signal, another thread can set it in shared memory. */
  readonly cancelled?: Uint8Array
}

/** One proving back end; all of them make interchangeable proofs from the same key. */
export interface Prover {
  readonly name: ProverName
  /** @throws ZkserveError `PROVING_FAILED`, `INVALID_KEY`, `CANCELLED` */
  prove(request: ProveRequest): Promise<ProofWithSignals>
  /** Ends threads and frees memory. */
  close(): Promise<void>
}
