import { minimise } from '#scripts/models/adam.js'
import { laneCount } from '#scripts/models/cold-chain/readings.js'
import type { SimulatedStep } from '#scripts/models/cold-chain/simulate.js'
import type { Random } from '#scripts/models/random.js'

export const hiddenCount = 8

const inputScale = 16
const training = { epochs: 60, batch: 64, rate: 0.02 } as const

/**
 * Trains loss(x) = Σ_j max(0, w_j·x), in hours: an MLP without biases whose second layer's weights, not negative, are
 * part of the first one's. Such a sum never falls where a step is cut in two, since max(0, a + b) ≤ max(0, a) + max(0, b).
 *
 * @returns weights by row of hidden unit, in hours a count
 */
export function train(rows: readonly SimulatedStep[], random: Random): Float64Array {
  const weights = Float64Array.from({ length: hiddenCount * laneCount }, () => (random() - 0.4) * 2)
  minimise(weights, rows, addGradient, { ...training, random })
  return weights.map((weight) => weight / inputScale)
}

/** Hours of shelf life that a step takes. */
export function lossOf(weights: Float64Array, lanes: readonly number[]): number {
  return sumsOf(weights, lanes).reduce((sum, value) => sum + Math.max(value, 0), 0)
}

function sumsOf(weights: Float64Array, lanes: readonly number[]): number[] {
  return Array.from({ length: hiddenCount }, (_, j) =>
    lanes.reduce((sum, lane, i) => sum + lane * weights[j * laneCount + i]!, 0),
  )
}

/** Adds the gradient of one step's squared error, relative to the loss: long steps do not drown short ones. */
function addGradient(weights: Float64Array, gradient: Float64Array, { lanes, loss }: SimulatedStep): void {
  const scaled = lanes.map((lane) => lane / inputScale)
  const sums = sumsOf(weights, scaled)
  const error = (sums.reduce((sum, value) => sum + Math.max(value, 0), 0) - loss) / (loss + 1)
  sums.forEach((sum, j) => {
    if (sum <= 0) return
    for (let i = 0; i < laneCount; i++) gradient[j * laneCount + i]! += error * scaled[i]!
  })
}
