import { createNativeProver } from '#prover/backends/native.js'
import { loadNativeAddon, type NativeBuild } from '#prover/backends/native-addon.js'
import { createSnarkjsProver } from '#prover/backends/snarkjs.js'
import { createWasmProver, hasWasmProver } from '#prover/backends/wasm.js'
import type { Prover } from '#prover/prover.js'

/** Builds of the native back end, the slowest first. */
const builds: readonly NativeBuild[] = ['portable', 'bmi2', 'ifma']

/** Back ends that are compared, the slowest first. */
export const backendNames = ['snarkjs', 'wasm', 'portable', 'bmi2', 'ifma'] as const

export type BackendName = (typeof backendNames)[number]

/** A back end with a number of threads. */
export interface Contestant {
  readonly backend: BackendName
  /** Threads of one proof; snarkjs takes one, or as many as the machine has cores. */
  readonly threads: number
}

/** The build of the native back end that a name stands for, or null. */
export function nativeBuildOf(name: BackendName): NativeBuild | null {
  return builds.find((build) => build === name) ?? null
}

/** The back ends of the list that run on this machine. */
export function availableBackends(wanted: readonly BackendName[]): BackendName[] {
  const fastest = loadNativeAddon('portable')?.fastest()
  const running = fastest === undefined ? [] : builds.slice(0, builds.indexOf(fastest) + 1)
  return wanted.filter((name) => {
    const build = nativeBuildOf(name)
    return build === null ? name !== 'wasm' || hasWasmProver() : running.includes(build)
  })
}

/** A prover for a process that makes no other. */
export function proverOf({ backend, threads }: Contestant): Prover {
  if (backend === 'snarkjs') return createSnarkjsProver({ singleThread: threads === 1 })
  if (backend === 'wasm') return createWasmProver({ threads })
  return createNativeProver({ build: backend, threads })
}
