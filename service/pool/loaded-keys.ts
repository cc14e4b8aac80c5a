import { nativeKeysLoaded } from '#prover/backends/native.js'

/** Keys that a thread holds for itself; those of the native prover are the whole process's. */
export interface HeldKeys {
  readonly thread: number
  /** Bytes of each key. */
  readonly bytes: readonly number[]
}

/** Keys in memory. */
export interface LoadedKeySummary {
  readonly count: number
  readonly bytes: number
}

/** Which keys are in memory: the native prover's, and those of the pool's threads as each of them told last. */
export class LoadedKeys {
  readonly #byThread = new Map<number, readonly number[]>()

  tell({ thread, bytes }: HeldKeys): void {
    this.#byThread.set(thread, bytes)
  }

  /**
   * @param running ids of the threads that run; what others told is forgotten
   * @param native the native prover's keys
   */
  summary(running: ReadonlySet<number>, native: LoadedKeySummary = nativeKeysLoaded()): LoadedKeySummary {
    for (const thread of this.#byThread.keys()) if (!running.has(thread)) this.#byThread.delete(thread)
    const own = [...this.#byThread.values()].flat()
    return {
      count: native.count + own.length,
      bytes: own.reduce((sum, bytes) => sum + bytes, native.bytes),
    }
  }
}
