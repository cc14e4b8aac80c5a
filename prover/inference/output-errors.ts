import type { QOutput } from '#circuits/qmodel/qmodel.js'

/** Differences of an output's elements between the integer and the float model, in the output's own unit. */
export interface OutputError {
  readonly name: string
  readonly maxAbsError: number
  readonly meanAbsError: number
  /** Largest minus least element that the float model gives. */
  readonly range: number
  /** Mean error over the range; over the largest magnitude where all elements are the same. */
  readonly relativeError: number
}

/** Gathers the errors of one output of real numbers. */
export class OutputErrors {
  private most = 0
  private sum = 0
  private count = 0
  private min = Number.POSITIVE_INFINITY
  private max = Number.NEGATIVE_INFINITY

  constructor(readonly output: QOutput) {}

  add(values: ArrayLike<number>, exact: Float32Array): void {
    exact.forEach((value, i) => {
      const error = Math.abs(values[i]! - value)
      this.most = Math.max(this.most, error)
      this.sum += error
      this.min = Math.min(this.min, value)
      this.max = Math.max(this.max, value)
    })
    this.count += exact.length
  }

  result(): OutputError {
    const range = this.max - this.min
    const meanAbsError = this.sum / this.count
    const against = range || Math.max(Math.abs(this.max), Math.abs(this.min)) || 1
    return {
      name: this.output.name,
      maxAbsError: this.most,
      meanAbsError,
      range,
      relativeError: meanAbsError / against,
    }
  }
}
