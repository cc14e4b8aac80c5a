import { createNativeProver } from '#prover/backends/native.js'
import { loadNativeAddon } from '#prover/backends/native-addon.js'
import { createSnarkjsProver } from '#prover/backends/snarkjs.js'
import type { Prover } from '#prover/prover.js'

/** Back ends that are compared, the slowest first; the last three are builds of the native one. */
export const backendNames = ['snarkjs', 'portable', 'bmi2', 'ifma'] as const

export type BackendName = (typeof backendNames)[number]

/** A back end with a number of threads. */
export interface Contestant {
  readonly backend: BackendName
  /** Threads of one proof; snarkjs takes one, or as many as the machine has cores. */
  readonly threads: number
}

/** The back ends of the list that run on this machine. */
export function availableBackends(wanted: readonly BackendName[]): BackendName[] {
  const fastest = loadNativeAddon('portable')?.fastest()
  const last = fastest === undefined ? backendNames.indexOf('portable') - 1 : backendNames.indexOf(fastest)
  return wanted.filter((name) => backendNames.indexOf(name) <= last)
}

/** A prover for a process that makes no other. */
export function proverOf({ backend, threads }: Contestant): Prover {
  return backend === 'snarkjs'
    ? createSnarkjsProver({ singleThread: threads === 1 })
    : createNativeProver({ build: backend, threads })
}
