import { type Random, shuffle } from '#scripts/models/random.js'

export interface Training {
  readonly epochs: number
  /** Rows of a step. */
  readonly batch: number
  /** Of the first epoch; it falls to 0 as a cosine does. */
  readonly rate: number
  /** Gives the rows' order. */
  readonly random: Random
}

/**
 * Minimises a mean over rows by Adam (Kingma and Ba, 2015), in place.
 * @param addGradient adds a row's gradient to the one given
 */
export function minimise<Row>(
  parameters: Float64Array,
  rows: readonly Row[],
  addGradient: (parameters: Float64Array, gradient: Float64Array, row: Row) => void,
  { epochs, batch, rate, random }: Training,
): void {
  const [gradient, mean, square] = Array.from({ length: 3 }, () => new Float64Array(parameters.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const order = rows.map((_, k) => k)
  let step = 0
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, random)
    for (let from = 0; from < order.length; from += batch) {
      const part = order.slice(from, from + batch)
      gradient.fill(0)
      for (const row of part) addGradient(parameters, gradient, rows[row]!)
      step++
      const decay = rate * 0.5 * (1 + Math.cos((Math.PI * epoch) / epochs))
      for (let k = 0; k < parameters.length; k++) {
        const slope = gradient[k]! / part.length
        mean[k] = 0.9 * mean[k]! + 0.1 * slope
        square[k] = 0.999 * square[k]! + 0.001 * slope ** 2
        const away = Math.sqrt(square[k]! / (1 - 0.999 ** step)) + 1e-8
        parameters[k]! -= (decay * mean[k]!) / (1 - 0.9 ** step) / away
      }
    }
  }
}
