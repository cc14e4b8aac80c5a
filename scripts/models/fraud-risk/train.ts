import type { LabelledPayment, Random } from '#scripts/models/fraud-risk/simulate.js'

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
const epochs = 30
const batch = 64
const rate = 0.003

/** Trains input → ReLU → Sigmoid by Adam on the cross-entropy. @param random initial weights and the rows' order */
export function train(rows: readonly LabelledPayment[], random: Random): Network {
  const { input, hidden } = sizes
  const count = hidden * input + hidden + hidden + 1
  const parameters = Float64Array.from({ length: count }, (_, k) =>
    k < hidden * input || (k >= hidden * (input + 1) && k < count - 1) ? (random() - 0.5) * 0.8 : 0,
  )
  const [gradient, mean, square] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)]
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
      for (let k = 0; k < count; k++) {
        const slope = gradient[k]! / part.length
        mean[k] = 0.9 * mean[k]! + 0.1 * slope
        square[k] = 0.999 * square[k]! + 0.001 * slope ** 2
        const away = Math.sqrt(square[k]! / (1 - 0.999 ** step)) + 1e-8
        parameters[k]! -= (decay * mean[k]!) / (1 - 0.9 ** step) / away
      }
    }
  }
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

function shuffle(order: number[], random: Random): void {
  for (let k = order.length - 1; k > 0; k--) {
    const other = Math.floor(random() * (k + 1))
    ;[order[k], order[other]] = [order[other]!, order[k]!]
  }
}
