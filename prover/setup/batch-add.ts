import type { CurveEngine } from '#prover/curve/engine.js'
import type { Group } from '#prover/setup/group.js'

const negated = 1
const sameX = 2

/**
 * Adds pairs of affine points with one inversion for the whole batch (Montgomery's trick): six
 * multiplications an addition, where Jacobian mixed addition takes eleven and a conversion afterwards.
 */
export class BatchAdder {
  readonly #group: Group
  readonly #left: Uint32Array
  readonly #right: Uint32Array
  readonly #flags: Uint8Array
  readonly #differences: number
  readonly #products: number
  readonly #scratch: number
  #count = 0

  /** @param capacity pairs of one batch */
  constructor(engine: CurveEngine, group: Group, capacity: number) {
    this.#group = group
    this.#left = new Uint32Array(capacity)
    this.#right = new Uint32Array(capacity)
    this.#flags = new Uint8Array(capacity)
    this.#differences = engine.reserve(capacity * group.coordinateBytes)
    this.#products = engine.reserve((capacity + 1) * group.coordinateBytes)
    this.#scratch = engine.reserve(9 * group.coordinateBytes)
  }

  /** Queues `left += right`, or `left −= right`: addresses of finite points; no left is queued twice. */
  push(left: number, right: number, subtract: boolean): void {
    this.#left[this.#count] = left
    this.#right[this.#count] = right
    this.#flags[this.#count++] = subtract ? negated : 0
  }

  /** Adds what is queued; a sum may be infinity, which is all zero bytes. */
  flush(): void {
    const { coordinateBytes: size, one, sub, mul, isZero, inverse } = this.#group
    const count = this.#count
    this.#count = 0
    if (count === 0) return
    one(this.#products)
    for (let pair = 0; pair < count; pair++) {
      const difference = this.#differences + pair * size
      const product = this.#products + pair * size
      sub(this.#right[pair]!, this.#left[pair]!, difference)
      if (isZero(difference) !== 0) {
        // Equal or opposite points stay out of the product, and are added on their own.
        this.#flags[pair]! |= sameX
        one(difference)
      }
      mul(product, difference, product + size)
    }
    const running = this.#scratch
    const slope = running + size
    inverse(this.#products + count * size, running)
    for (let pair = count - 1; pair >= 0; pair--) {
      mul(running, this.#products + pair * size, slope)
      mul(running, this.#differences + pair * size, running)
      if ((this.#flags[pair]! & sameX) === 0) this.#addPair(pair, slope)
      else this.#addSameX(pair)
    }
  }

  /** `left ± right`, with 1 / (right.x − left.x) at `slope`, which is overwritten. */
  #addPair(pair: number, slope: number): void {
    const { coordinateBytes: size, add, sub, mul, square, copy } = this.#group
    const left = this.#left[pair]!
    const right = this.#right[pair]!
    const numerator = slope + size
    const x = numerator + size
    // Of −right the slope is −(right.y + left.y) / (right.x − left.x): kept without its sign until y is made.
    const subtract = this.#flags[pair]! === negated
    if (subtract) add(right + size, left + size, numerator)
    else sub(right + size, left + size, numerator)
    mul(slope, numerator, slope)
    square(slope, x)
    sub(x, right, x)
    sub(x, left, x)
    if (subtract) sub(x, left, numerator)
    else sub(left, x, numerator)
    mul(numerator, slope, numerator)
    sub(numerator, left + size, left + size)
    copy(x, left)
  }

  #addSameX(pair: number): void {
    const { coordinateBytes: size, neg, copy, addAffine, toAffine } = this.#group
    const left = this.#left[pair]!
    const right = this.#right[pair]!
    const operand = this.#scratch + 4 * size
    copy(right, operand)
    if ((this.#flags[pair]! & negated) !== 0) neg(right + size, operand + size)
    else copy(right + size, operand + size)
    const sum = operand + 2 * size
    addAffine(left, operand, sum)
    toAffine(sum, left)
  }
}
