interface Entry<Key> {
  readonly loading: Promise<Key>
  loaded: { readonly key: Key } | null
  users: number
  isForgotten: boolean
}

/** Loaded keys by name: the last used ones stay; one that must go is freed when its last user has ended. */
export class KeyCache<Key> {
  readonly #entries = new Map<string, Entry<Key>>()
  readonly #names = new WeakMap<object, string>()
  readonly #limit: number
  readonly #free: (key: Key) => void
  #named = 0

  constructor(limit: number, free: (key: Key) => void = () => undefined) {
    this.#limit = limit
    this.#free = free
  }

  /** A name for something that has none, the same as long as it lives. */
  nameOf(object: object): string {
    const name = this.#names.get(object) ?? `#${this.#named++}`
    this.#names.set(object, name)
    return name
  }

  /** Works with the key of that name, which `load` makes where it is not there; it stays until the work has ended. */
  async use<Result>(
    name: string,
    load: () => Promise<Key>,
    work: (key: Key) => Promise<Result>,
  ): Promise<Result> {
    const entry = this.#entries.get(name) ?? { loading: load(), loaded: null, users: 0, isForgotten: false }
    this.#entries.delete(name)
    this.#entries.set(name, entry)
    entry.users++
    if (this.#entries.size > this.#limit) this.#forget(this.#entries.keys().next().value!)
    try {
      const key = await entry.loading
      entry.loaded ??= { key }
      return await work(key)
    } finally {
      entry.users--
      if (entry.loaded === null && this.#entries.get(name) === entry) this.#entries.delete(name)
      this.#freeUnused(entry)
    }
  }

  /** Forgets all keys. */
  clear(): void {
    for (const name of [...this.#entries.keys()]) this.#forget(name)
  }

  #forget(name: string): void {
    const entry = this.#entries.get(name)!
    this.#entries.delete(name)
    entry.isForgotten = true
    this.#freeUnused(entry)
  }

  #freeUnused(entry: Entry<Key>): void {
    if (!entry.isForgotten || entry.users > 0 || entry.loaded === null) return
    this.#free(entry.loaded.key)
    entry.loaded = null
  }
}
