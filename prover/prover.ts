import type { ProofWithSignals } from '#prover/groth16.js'

export type ProverName = 'native' | 'snarkjs' | 'wasm'

/** A `.zkey` on disk. Back ends load it once, and may keep a prepared form of it in the same folder. */
export interface ZkeyFile {
  readonly path: string
  /** Of the whole file, in hex. */
  readonly sha256: string
  /** Points with which the native prover takes four transforms instead of six, where the set-up wrote them. */
  readonly quotient?: { readonly path: string; readonly sha256: string }
}

/** What a back end needs for one proof: a snarkjs `.zkey`, as bytes or as a file, and the bytes of a `.wtns`. */
export interface ProveRequest {
  readonly zkey: Uint8Array | ZkeyFile
  readonly witness: Uint8Array
  readonly signal?: AbortSignal
  /** Ends a native proof when its first byte becomes 1: unlike a signal, another thread can set it in shared memory. */
  readonly cancelled?: Uint8Array
  /** Its first element gets the share of a native proof that is done, in thousandths; may be shared memory. */
  readonly progress?: Int32Array
}

/** A proof, and where its time went if the back end tells, in ms by a stage's name. */
export interface TimedProof extends ProofWithSignals {
  /** CPU time of all threads. */
  readonly stages?: Readonly<Record<string, number>>
  /** From a stage's first step to the end of its last; stages overlap. */
  readonly wall?: Readonly<Record<string, number>>
}

/** One proving back end; all of them make interchangeable proofs from the same key. */
export interface Prover {
  readonly name: ProverName
  /** @throws ZkserveError `PROVING_FAILED`, `INVALID_KEY`, `CANCELLED` */
  prove(request: ProveRequest): Promise<TimedProof>
  /** Ends threads and frees memory. */
  close(): Promise<void>
}
