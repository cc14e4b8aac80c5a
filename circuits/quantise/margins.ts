/**
 * How often a class will change beyond the rows at hand. Counting changed classes on 200 rows cannot tell 99 % from
 * 97 %; the margins between scores can: an error of the size that is measured over all rows turns a margin with the
 * probability that a normal distribution gives.
 */
import { errorFunction } from '#circuits/graph/kernels/error-function.js'

/**
 * Errors are taken this much larger than measured: rows to come have narrower margins than the few at hand. On four
 * nets for digits, 200 rows foretold two to four times fewer changed classes than 4,000 showed.
 */
const caution = 2

/** Gathers margins of float answers and the errors that integers make in them. */
export class Margins {
  private readonly rows: number[][] = []
  private squares = 0
  private count = 0

  /** Scores of one row: the class is that of the largest. */
  addScores(integers: ArrayLike<number>, scale: number, exact: Float32Array): void {
    const top = exact.indexOf(exact.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY))
    const margins: number[] = []
    exact.forEach((value, i) => {
      if (i === top) return
      const margin = exact[top]! - value
      margins.push(margin)
      this.addError((integers[top]! - integers[i]!) * scale - margin)
    })
    this.rows.push(margins)
  }

  /** Scores of one row, each of which is compared with a bound. */
  addFlags(integers: ArrayLike<number>, scale: number, exact: Float32Array, bound: number): void {
    const margins: number[] = []
    exact.forEach((value, i) => {
      margins.push(Math.abs(value - bound))
      this.addError(integers[i]! * scale - value)
    })
    this.rows.push(margins)
  }

  /** Expected share of rows whose answer stays; null without rows. */
  expectedAgreement(): number | null {
    if (this.rows.length === 0) return null
    const deviation = caution * Math.sqrt(this.squares / Math.max(1, this.count))
    if (deviation === 0) return 1
    const turned = this.rows.map((margins) => {
      const chances = margins.map((margin) => (1 - errorFunction(margin / deviation / Math.SQRT2)) / 2)
      return Math.min(
        1,
        chances.reduce((sum, chance) => sum + chance, 0),
      )
    })
    return 1 - turned.reduce((sum, chance) => sum + chance, 0) / this.rows.length
  }

  private addError(error: number): void {
    this.squares += error * error
    this.count++
  }
}
