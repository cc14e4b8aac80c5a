/** Simulates journeys, trains test/models/cold-chain on them and writes it: `node dist/scripts/models/cold-chain/main.js`. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '#circuits/paths.js'
import {
  bandEdges,
  laneCount,
  largestCount,
  largestState,
  stateUnit,
  tick,
} from '#scripts/models/cold-chain/readings.js'
import { type SimulatedStep, simulateJourney } from '#scripts/models/cold-chain/simulate.js'
import { hiddenCount, lossOf, train } from '#scripts/models/cold-chain/train.js'
import { modelOnnx } from '#scripts/models/cold-chain/write.js'
import { round } from '#scripts/models/measures.js'
import { arraysNpz } from '#scripts/models/npz.js'
import { randomOf } from '#scripts/models/random.js'

const seeds = { training: 20261122, test: 11, weights: 5 } as const
const journeys = { training: 2_000, test: 500 } as const
const shipped = { calibration: 300, test: 400 } as const

const folder = join(packageRoot, 'test', 'models', 'cold-chain')
const [training, test] = [simulate('training'), simulate('test')]
const steps = test.flat()
const weights = train(training.flat(), randomOf(seeds.weights))
const errors = test.map((journey) =>
  Math.abs(total(journey, (step) => lossOf(weights, step.lanes) - step.loss)),
)
const metrics = {
  testSteps: steps.length,
  stepError: mean(steps.map(({ lanes, loss }) => Math.abs(lossOf(weights, lanes) - loss) / loss)),
  journeyHours: mean(test.map((journey) => total(journey, ({ loss }) => loss))),
  journeyErrorHours: mean(errors),
}
mkdirSync(folder, { recursive: true })
writeFileSync(join(folder, 'model.onnx'), modelOnnx(weights))
writeFileSync(
  join(folder, 'calibration.npz'),
  arraysNpz(inputsOf([...extremes(), ...rowsOf(training)].slice(0, shipped.calibration))),
)
const rows = rowsOf(test).slice(0, shipped.test)
const outputs = rows.map(({ state, lanes }) => Math.max(state - lossOf(weights, lanes), 0))
writeFileSync(
  join(folder, 'test.npz'),
  arraysNpz({ ...inputsOf(rows), outputs: { shape: [rows.length, 1], data: Float32Array.from(outputs) } }),
)
const meta = {
  name: 'cold-chain',
  task: 'regression',
  description: `Shelf life left after a step: state − Σ max(0, w·readings), ${hiddenCount} hidden units, state in units of 1/${1 / stateUnit} h.`,
  readings: { tick, bandEdges, order: 'ticks by band, openings, dry ticks' },
  dataset: 'synthetic: scripts/models/cold-chain/simulate.ts',
  ...{ seeds, journeys, trainingSteps: training.flat().length, metrics },
}
writeFileSync(join(folder, 'meta.json'), `${JSON.stringify(meta, null, 1)}\n`)
process.stdout.write(`${JSON.stringify(metrics, null, 1)}\n`)

/** A step with the hours that are left before it. */
interface Row {
  readonly state: number
  readonly lanes: readonly number[]
}

function simulate(part: 'training' | 'test'): SimulatedStep[][] {
  const random = randomOf(seeds[part])
  return Array.from({ length: journeys[part] }, () => simulateJourney(random))
}

/** Steps with their states: each journey begins with 200 to 500 hours. */
function rowsOf(all: readonly SimulatedStep[][]): Row[] {
  return all.flatMap((journey, k) => {
    let state = 200 + ((k * 37) % 301)
    return journey.map(({ lanes, loss }) => {
      const row = { state, lanes }
      state = Math.max(state - loss, 0)
      return row
    })
  })
}

/** Ends of what the inputs can be, so that calibration sees them. */
function extremes(): Row[] {
  const counts = [0, largestCount].map((count) => new Array<number>(laneCount).fill(count))
  const states = [0, largestState * stateUnit]
  return counts.flatMap((lanes) => states.map((state) => ({ state, lanes })))
}

function inputsOf(rows: readonly Row[]) {
  return {
    state: { shape: [rows.length, 1], data: Float32Array.from(rows, ({ state }) => state) },
    readings: {
      shape: [rows.length, laneCount],
      data: Float32Array.from(rows.flatMap(({ lanes }) => lanes)),
    },
  }
}

function total(journey: readonly SimulatedStep[], of: (step: SimulatedStep) => number): number {
  return journey.reduce((sum, step) => sum + of(step), 0)
}

function mean(values: readonly number[]): number {
  return round(values.reduce((sum, value) => sum + value, 0) / values.length)
}
