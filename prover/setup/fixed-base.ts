import { fieldBytes } from '#prover/curve/bn254.js'
import type { CurveEngine } from '#prover/curve/engine.js'
import { BatchAdder } from '#prover/setup/batch-add.js'
import type { Group } from '#prover/setup/group.js'
import { windowCount, writeDigits } from '#prover/setup/window-digits.js'

/** Points that are computed side by side: their accumulators fit the second-level cache. */
const batchSize = 2048

/**
 * Multiples of a group's generator by many scalars: a table of `d · 2^(w·c) · G` for every window w and digit d,
 * and one batched affine addition a scalar and window.
 *
 * Source: Brickell, Gordon, McCurley, Wilson, "Fast exponentiation with precomputation" (1992), signed digits.
 */
export class FixedBase {
  readonly #engine: CurveEngine
  readonly #group: Group
  readonly #windowBits: number
  readonly #adder: BatchAdder
  readonly #table: number
  readonly #accumulators: number
  readonly #digits: Int32Array
  readonly #finite = new Uint8Array(batchSize)

  /** @param windowBits 2 to 16; the table has 2^(windowBits−1) points a window */
  constructor(engine: CurveEngine, group: Group, windowBits: number) {
    this.#engine = engine
    this.#group = group
    this.#windowBits = windowBits
    const windows = windowCount(windowBits)
    this.#adder = new BatchAdder(engine, group, batchSize)
    this.#accumulators = engine.reserve(batchSize * this.#pointBytes)
    this.#digits = new Int32Array(windows * batchSize)
    this.#table = engine.reserve(windows * this.#windowPoints * this.#pointBytes)
    this.#fillTable(windows)
  }

  /**
   * Multiplies the generator by each scalar.
   *
   * @param scalars 32 bytes each, below r, least significant first, not in Montgomery form
   * @param points receives affine points in Montgomery form (64 bytes in G1, 128 in G2); infinity is all zero bytes
   */
  multiply(scalars: Uint8Array<ArrayBuffer>, points: Uint8Array): void {
    const words = new Uint32Array(scalars.buffer, scalars.byteOffset, scalars.length / 4)
    const total = scalars.length / fieldBytes
    for (let first = 0; first < total; first += batchSize) {
      const count = Math.min(batchSize, total - first)
      for (let i = 0; i < count; i++) {
        writeDigits(words, (first + i) * 8, this.#windowBits, this.#digits, i, batchSize)
      }
      this.#multiplyBatch(count)
      const result = this.#engine.bytes(this.#accumulators, count * this.#pointBytes)
      points.set(result, first * this.#pointBytes)
    }
  }

  /** Overwrites what would tell the last scalars. */
  wipe(): void {
    this.#digits.fill(0)
  }

  #multiplyBatch(count: number): void {
    const { copy, coordinateBytes } = this.#group
    const windows = windowCount(this.#windowBits)
    this.#finite.fill(0)
    this.#engine.bytes(this.#accumulators, count * this.#pointBytes).fill(0)
    for (let window = 0; window < windows; window++) {
      for (let i = 0; i < count; i++) {
        const digit = this.#digits[window * batchSize + i]!
        if (digit === 0) continue
        const accumulator = this.#accumulators + i * this.#pointBytes
        const point = this.#entry(window, Math.abs(digit))
        if (this.#finite[i] === 1) {
          this.#adder.push(accumulator, point, digit < 0)
          continue
        }
        this.#finite[i] = 1
        copy(point, accumulator)
        if (digit < 0) this.#group.neg(point + coordinateBytes, accumulator + coordinateBytes)
        else copy(point + coordinateBytes, accumulator + coordinateBytes)
      }
      this.#adder.flush()
    }
  }

  /** Doubles the filled part of every window's table, level by level: [m+1 … 2m] = [m] + [1 … m]. */
  #fillTable(windows: number): void {
    this.#fillBases(windows)
    for (let filled = 1; filled < this.#windowPoints; filled *= 2) {
      let queued = 0
      for (let window = 0; window < windows; window++) {
        for (let digit = 1; digit <= filled; digit++) {
          const sum = this.#entry(window, filled + digit)
          this.#copyPoint(this.#entry(window, digit), sum)
          this.#adder.push(sum, this.#entry(window, filled), false)
          if (++queued === batchSize) {
            this.#adder.flush()
            queued = 0
          }
        }
      }
      this.#adder.flush()
    }
  }

  /** Entry 1 of every window: the generator doubled windowBits times per window. */
  #fillBases(windows: number): void {
    const { coordinateBytes, one, double, toAffine } = this.#group
    const mark = this.#engine.mark()
    const jacobian = this.#engine.reserve(3 * coordinateBytes)
    this.#copyPoint(this.#group.generator, jacobian)
    one(jacobian + 2 * coordinateBytes)
    for (let window = 0; window < windows; window++) {
      toAffine(jacobian, this.#entry(window, 1))
      for (let bit = 0; bit < this.#windowBits; bit++) double(jacobian, jacobian)
    }
    this.#engine.release(mark)
  }

  get #pointBytes(): number {
    return 2 * this.#group.coordinateBytes
  }

  get #windowPoints(): number {
    return 1 << (this.#windowBits - 1)
  }

  #entry(window: number, digit: number): number {
    return this.#table + (window * this.#windowPoints + digit - 1) * this.#pointBytes
  }

  #copyPoint(from: number, to: number): void {
    const { copy, coordinateBytes } = this.#group
    copy(from, to)
    copy(from + coordinateBytes, to + coordinateBytes)
  }
}
