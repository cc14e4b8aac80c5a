import { createNativeProver, hasNativeProver } from '#prover/backends/native.js'
import { createSnarkjsProver } from '#prover/backends/snarkjs.js'
import type { Prover } from '#prover/prover.js'

/** Which back end proves; `auto` is the native one where it was built, else snarkjs. */
export const backends = ['auto', 'native', 'snarkjs'] as const

export type Backend = (typeof backends)[number]

export interface ProverOptions {
  readonly backend?: Backend
  /** Threads of one proof; snarkjs takes one, or as many as the machine has cores. */
  readonly threads?: number
  /** Keys that stay loaded. */
  readonly keys?: number
}

/**
 * A back end that makes proofs.
 * @throws ZkserveError `PROVING_FAILED` where the native one is asked for and was not built
 */
export function createProver({ backend = 'auto', threads = 1, keys = 4 }: ProverOptions = {}): Prover {
  const native = backend === 'native' || (backend === 'auto' && hasNativeProver())
  return native
    ? createNativeProver({ threads, keys })
    : createSnarkjsProver({ singleThread: threads === 1, keys })
}
