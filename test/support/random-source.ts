/** A reproducible source of numbers for tests (mulberry32). */
export class RandomSource {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** An integer from 0 to bound − 1. */
  below(bound: number): number {
    return Math.floor((this.#word() / 2 ** 32) * bound)
  }

  /** A bigint from 0 to bound − 1, for bounds below 2^256. */
  bigintBelow(bound: bigint): bigint {
    let value = 0n
    for (let word = 0; word < 10; word++) value = (value << 32n) | BigInt(this.#word())
    return value % bound
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!
  }

  /** Fills bytes, as `developmentSetup` takes it. */
  readonly fill = (bytes: Uint8Array): void => {
    for (let index = 0; index < bytes.length; index++) bytes[index] = this.below(256)
  }

  #word(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
}
