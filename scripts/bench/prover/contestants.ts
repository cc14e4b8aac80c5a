import { createNativeProver } from '#prover/backends/native.js'
import { loadNativeAddon, type NativeBuild } from '#prover/backends/native-addon.js'
import { createSnarkjsProver } from '#prover/backends/snarkjs.js'
import { createWasmProver, hasWasmProver } from '#prover/backends/wasm.js'
import type { Prover } from '#prover/prover.js'

/** Back ends that are compared, the slowest first; the last three are builds of the native one. */
export const backendNames = ['snarkjs', 'wasm', 'portable', 'bmi2', 'ifma'] as const

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
  return wanted.filter((name) => backendNames.indexOf(name) <= last && (name !== 'wasm' || hasWasmProver()))
}

/** A prover for a process that makes no other. */
export function proverOf({ backend, threads }: Contestant): Prover {
  if (backend === 'snarkjs') return createSnarkjsProver({ singleThread: threads === 1 })
  return backend === 'wasm' ? createWasmProver({ threads }) : createNativeProver({ build: backend, threads })
}

/** The native build that a back end is, if it is one. */
export function nativeBuildOf(backend: BackendName): NativeBuild | null {
  return backend === 'snarkjs' || backend === 'wasm' ? null : backend
}
