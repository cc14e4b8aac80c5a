import { minimise } from '#scripts/models/adam.js'
import type { Random } from '#scripts/models/random.js'

/** A row of data: inputs 0 to 255, as a contract gives them, and for each output 0 or 1. */
export interface TrainingRow {
  readonly lanes: readonly number[]
  readonly labels: readonly number[]
}

/** Two dense layers, ReLU and Sigmoid; weights by row of output. */
export interface Network {
  readonly sizes: Sizes
  readonly hidden: Layer
  readonly output: Layer
}

/** How many inputs, hidden values and outputs a network has. */
export interface Sizes {
  readonly input: number
  readonly hidden: number
  readonly output: number
}

/** Inputs are trained on as (lane - middle) / scale; the weights take that up in the end. */
export interface InputGrid {
  readonly middle: number
  readonly scale: number
}

interface Layer {
  readonly weights: Float64Array
  readonly biases: Float64Array
}

/** Where the parameters of the layers begin, in one array. */
interface Layout extends Sizes, InputGrid {
  readonly biases: number
  readonly second: number
  readonly last: number
}

const training = { epochs: 30, batch: 64, rate: 0.003 } as const

/** Trains by Adam on the cross-entropy. @param random initial weights and the rows' order */
export function train(rows: readonly TrainingRow[], sizes: Sizes, grid: InputGrid, random: Random): Network {
  const { input, hidden, output } = sizes
  const biases = hidden * input
  const layout = { ...sizes, ...grid, biases, second: biases + hidden, last: biases + hidden * (output + 1) }
  const count = layout.last + output
  const parameters = Float64Array.from({ length: count }, (_, k) =>
    k < biases || (k >= layout.second && k < layout.last) ? (random() - 0.5) * 0.8 : 0,
  )
  minimise<TrainingRow>(parameters, rows, (p, gradient, row) => addGradient(p, gradient, row, layout), {
    ...training,
    random,
  })
  return unpack(parameters, sizes, layout)
}

/** The network's outputs, probabilities. */
export function score({ sizes, hidden, output }: Network, lanes: readonly number[]): number[] {
  const active = Array.from(hidden.biases, (bias, j) =>
    Math.max(
      lanes.reduce((sum, lane, i) => sum + lane * hidden.weights[j * sizes.input + i]!, bias),
      0,
    ),
  )
  return Array.from(output.biases, (bias, o) =>
    sigmoid(active.reduce((sum, value, j) => sum + value * output.weights[o * sizes.hidden + j]!, bias)),
  )
}

/** Adds the gradient of one row's cross-entropy. */
function addGradient(
  p: Float64Array,
  gradient: Float64Array,
  { lanes, labels }: TrainingRow,
  { input, hidden, output, biases, second, last, middle, scale }: Layout,
): void {
  const active = new Float64Array(hidden)
  const back = new Float64Array(hidden)
  for (let j = 0; j < hidden; j++) {
    let value = p[biases + j]!
    for (let i = 0; i < input; i++) value += (p[j * input + i]! * (lanes[i]! - middle)) / scale
    active[j] = Math.max(value, 0)
  }
  for (let o = 0; o < output; o++) {
    const row = second + o * hidden
    const sum = active.reduce((total, value, j) => total + value * p[row + j]!, p[last + o]!)
    const error = sigmoid(sum) - labels[o]!
    gradient[last + o]! += error
    for (let j = 0; j < hidden; j++) {
      gradient[row + j]! += error * active[j]!
      back[j]! += error * p[row + j]!
    }
  }
  for (let j = 0; j < hidden; j++) {
    if (active[j] === 0) continue
    gradient[biases + j]! += back[j]!
    for (let i = 0; i < input; i++) gradient[j * input + i]! += (back[j]! * (lanes[i]! - middle)) / scale
  }
}

/** The inputs' scale and middle go into the first layer. */
function unpack(
  p: Float64Array,
  sizes: Sizes,
  { input, biases, second, last, middle, scale }: Layout,
): Network {
  const weights = p.slice(0, biases).map((weight) => weight / scale)
  const shifted = p.slice(biases, second).map((bias, j) => {
    const row = weights.subarray(j * input, (j + 1) * input)
    return bias - middle * row.reduce((sum, weight) => sum + weight, 0)
  })
  return {
    sizes,
    hidden: { weights, biases: shifted },
    output: { weights: p.slice(second, last), biases: p.slice(last) },
  }
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x))
}
