/** Values by key, made on first use; holds the `limit` most recently used ones. */
export class RecentCache<Value> {
  readonly #values = new Map<string, Promise<Value>>()
  readonly #made = new WeakMap<Promise<Value>, Value>()
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  /** The values that are made, the least recently used first. */
  get values(): Value[] {
    const promises = [...this.#values.values()]
    return promises.filter((value) => this.#made.has(value)).map((value) => this.#made.get(value)!)
  }

  /** The value of the key; one that fails to be made is not kept. */
  async get(key: string, make: () => Promise<Value>): Promise<Value> {
    const value = this.#values.get(key) ?? make()
    this.#values.delete(key)
    this.#values.set(key, value)
    const [oldest] = this.#values.keys()
    if (this.#values.size > this.#limit) this.#values.delete(oldest!)
    try {
      const made = await value
      this.#made.set(value, made)
      return made
    } catch (error) {
      if (this.#values.get(key) === value) this.#values.delete(key)
      throw error
    }
  }
}
