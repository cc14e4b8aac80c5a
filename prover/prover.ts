import type { ProofWithSignals } from '#prover/groth16.js'

export type ProverName = 'native' | 'snarkjs' | 'wasm'

/** A `.zkey` on disk. Back ends load it once, and may keep a prepared form of it in the same folder. */
export interface ZkeyFile {
  readonly path: string
  /** Of the whole file, in hex. */
  readonly sha256: string
}

/** What a back end needs for one proof: a snarkjs `.zkey`, as bytes or as a file, and the bytes of a `.wtns`. */
export interface ProveRequest {
  readonly zkey: Uint8Array | ZkeyFile
  readonly witness: Uint8Array
  readonly signal?: AbortSignal
  /** Ends a native proof when its first byte becomes 1: unlike a signal, another thread can set it in shared memory. */
  readonly cancelled?: Uint8Array
}

/** A proof, and where its time went if the back end tells: CPU time of all threads in ms, by a stage's name. */
export interface TimedProof extends ProofWithSignals {
  readonly stages?: Readonly<Record<string, number>>
}

/** One proving back end; all of them make interchangeable proofs from the same key. */
export interface Prover {
  readonly name: ProverName
  /** @throws ZkserveError `PROVING_FAILED`, `INVALID_KEY`, `CANCELLED` */
  prove(request: ProveRequest): Promise<TimedProof>
  /** Ends threads and frees memory. */
  close(): Promise<void>
}
