/** What was opened so far by a start that may still fail. */
export class Opened {
  readonly #closings: (() => Promise<unknown>)[] = []

  /** @param close ends it again @returns the value */
  add<Value>(value: Value, close: (value: Value) => Promise<unknown>): Value {
    this.#closings.push(() => close(value))
    return value
  }

  /** Closes all of it, the last first: what fails here does so for the reason for which the start failed. */
  async close(): Promise<void> {
    for (const close of this.#closings.toReversed()) await close().catch(() => undefined)
  }
}
