import { minimise } from '#scripts/models/adam.js'
import type { LabelledPayment } from '#scripts/models/fraud-risk/simulate.js'
import type { Random } from '#scripts/models/random.js'

/** Two dense layers; weights by row of output. The input is 0 to 255, as the contract gives it. */
export interface Network {
  readonly hidden: Layer
  readonly output: Layer
}

interface Layer {
  readonly weights: Float64Array
  readonly biases: Float64Array
}

export const sizes = { input: 8, hidden: 12 } as const

const inputScale = 64
const training = { epochs: 30, batch: 64, rate: 0.003 } as const

/** Trains input → ReLU → Sigmoid by Adam on the cross-entropy. @param random initial weights and the rows' order */
export function train(rows: readonly LabelledPayment[], random: Random): Network {
  const { input, hidden } = sizes
  const count = hidden * input + hidden + hidden + 1
  const parameters = Float64Array.from({ length: count }, (_, k) =>
    k < hidden * input || (k >= hidden * (input + 1) && k < count - 1) ? (random() - 0.5) * 0.8 : 0,
  )
  minimise(parameters, rows, addGradient, { ...training, random })
  return unpack(parameters)
}

/** Probability of fraud. */
export function score({ hidden, output }: Network, lanes: readonly number[]): number {
  const active = Array.from(hidden.biases, (bias, j) =>
    Math.max(
      lanes.reduce((sum, lane, i) => sum + lane * hidden.weights[j * sizes.input + i]!, bias),
      0,
    ),
  )
  return sigmoid(active.reduce((sum, value, j) => sum + value * output.weights[j]!, output.biases[0]!))
}

/** Adds the gradient of one row's cross-entropy. */
function addGradient(p: Float64Array, gradient: Float64Array, { lanes, isFraud }: LabelledPayment): void {
  const { input, hidden } = sizes
  const [biases, second, last] = [hidden * input, hidden * (input + 1), p.length - 1]
  const active = new Float64Array(hidden)
  let sum = p[last]!
  for (let j = 0; j < hidden; j++) {
    let value = p[biases + j]!
    for (let i = 0; i < input; i++) value += (p[j * input + i]! * lanes[i]!) / inputScale
    active[j] = Math.max(value, 0)
    sum += active[j]! * p[second + j]!
  }
  const error = sigmoid(sum) - Number(isFraud)
  gradient[last]! += error
  for (let j = 0; j < hidden; j++) {
    gradient[second + j]! += error * active[j]!
    if (active[j] === 0) continue
    const back = error * p[second + j]!
    gradient[biases + j]! += back
    for (let i = 0; i < input; i++) gradient[j * input + i]! += (back * lanes[i]!) / inputScale
  }
}

/** The input's scale goes into the weights of the first layer. */
function unpack(p: Float64Array): Network {
  const { input, hidden } = sizes
  const [biases, second] = [hidden * input, hidden * (input + 1)]
  return {
    hidden: {
      weights: p.slice(0, biases).map((weight) => weight / inputScale),
      biases: p.slice(biases, second),
    },
    output: { weights: p.slice(second, -1), biases: p.slice(-1) },
  }
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x))
}
