import type { Backend } from '#prover/backends/backend-names.js'
import { createNativeProver, hasNativeProver } from '#prover/backends/native.js'
import { createSnarkjsProver } from '#prover/backends/snarkjs.js'
import { createWasmProver, hasWasmProver } from '#prover/backends/wasm.js'
import type { Prover } from '#prover/prover.js'

export interface ProverOptions {
  readonly backend?: Backend
  /** Threads of one proof; snarkjs takes one, or as many as the machine has cores. */
  readonly threads?: number
  /** Keys that stay loaded. */
  readonly keys?: number
}

/**
 * A back end that makes proofs.
 * @throws ZkserveError `PROVING_FAILED` where the one that is asked for was not built
 */
export function createProver({ backend = 'auto', threads = 1, keys = 4 }: ProverOptions = {}): Prover {
  switch (availableBackend(backend)) {
    case 'native':
      return createNativeProver({ threads, keys })
    case 'wasm':
      return createWasmProver({ threads, keys })
    case 'snarkjs':
      return createSnarkjsProver({ singleThread: threads === 1, keys })
  }
}

/** The back end itself: which one `auto` is here. */
export function availableBackend(backend: Backend): Exclude<Backend, 'auto'> {
  if (backend !== 'auto') return backend
  if (hasNativeProver()) return 'native'
  return hasWasmProver() ? 'wasm' : 'snarkjs'
}
