/** What a thread of the pool holds. */
export interface HeldKeys {
  readonly thread: number
  /** Whether other threads use the same memory for the same key. */
  readonly shared: boolean
  /** Bytes of each key by its hash. */
  readonly keys: ReadonlyMap<string, number>
}

/** Keys in memory. */
export interface LoadedKeySummary {
  readonly count: number
  readonly bytes: number
}

/** Which keys the threads of a pool hold, as each of them told last. */
export class LoadedKeys {
  readonly #byThread = new Map<number, ReadonlyMap<string, number>>()

  tell({ thread, shared, keys }: HeldKeys): void {
    const named = Array.from(keys, ([hash, bytes]) => [shared ? hash : `${thread} ${hash}`, bytes] as const)
    this.#byThread.set(thread, new Map(named))
  }

  /** @param running ids of the threads that run; what others told is forgotten */
  summary(running: ReadonlySet<number>): LoadedKeySummary {
    for (const thread of this.#byThread.keys()) if (!running.has(thread)) this.#byThread.delete(thread)
    const keys = new Map([...this.#byThread.values()].flatMap((held) => [...held]))
    return { count: keys.size, bytes: [...keys.values()].reduce((sum, bytes) => sum + bytes, 0) }
  }
}
