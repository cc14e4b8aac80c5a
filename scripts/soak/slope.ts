/** A figure at a time in ms. */
export interface Sample {
  readonly at: number
  readonly value: number
}

/** Slope of the straight line that fits the samples best (least squares), per hour; 0 of fewer than two. */
export function slopePerHour(samples: readonly Sample[]): number {
  const mean = (of: (sample: Sample) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length
  const [at, value] = [mean((sample) => sample.at), mean((sample) => sample.value)]
  let [products, squares] = [0, 0]
  for (const sample of samples) {
    products += (sample.at - at) * (sample.value - value)
    squares += (sample.at - at) ** 2
  }
  return squares === 0 ? 0 : (products / squares) * 3_600_000
}
