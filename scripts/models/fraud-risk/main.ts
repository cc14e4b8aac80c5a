/** Simulates payments, trains test/models/fraud-risk on them and writes it: `node dist/scripts/models/fraud-risk/main.js`. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '#circuits/paths.js'
import { type LabelledPayment, simulateAccount } from '#scripts/models/fraud-risk/simulate.js'
import { score, sizes, train } from '#scripts/models/fraud-risk/train.js'
import { networkOnnx } from '#scripts/models/fraud-risk/write.js'
import { arraysNpz } from '#scripts/models/npz.js'
import { randomOf } from '#scripts/models/random.js'

const seeds = { training: 20261122, test: 7, weights: 3 } as const
const accounts = { training: 4_000, test: 1_500 } as const
const shipped = { calibration: 300, test: 400 } as const

const folder = join(packageRoot, 'test', 'models', 'fraud-risk')
const [training, test] = [simulate('training'), simulate('test')]
const network = train(training, randomOf(seeds.weights))
const scores = test.map(({ lanes }) => score(network, lanes))
const frauds = test.filter(({ isFraud }) => isFraud).length
const metrics = {
  testRows: test.length,
  fraudRate: round(frauds / test.length),
  accuracy: share((k) => scores[k]! >= 0.5 === test[k]!.isFraud, test),
  ...{ auc: round(areaUnderCurve()), recallAtHalf: recall(0.5), falseAlarmsAtHalf: falseAlarms(0.5) },
  ...{ recallAtFifth: recall(0.2), falseAlarmsAtFifth: falseAlarms(0.2) },
}
mkdirSync(folder, { recursive: true })
writeFileSync(join(folder, 'model.onnx'), networkOnnx(network))
writeFileSync(join(folder, 'calibration.npz'), arraysNpz({ inputs: inputsOf(training, shipped.calibration) }))
const labels = Int32Array.from(test.slice(0, shipped.test), ({ isFraud }) => Number(isFraud))
writeFileSync(
  join(folder, 'test.npz'),
  arraysNpz({
    inputs: inputsOf(test, shipped.test),
    labels: { shape: [shipped.test], data: labels },
    outputs: { shape: [shipped.test, 1], data: Float32Array.from(scores.slice(0, shipped.test)) },
  }),
)
const meta = {
  name: 'fraud-risk',
  task: 'score',
  description: `MLP 8-${sizes.hidden}-1, ReLU, Sigmoid: probability that a thief made a payment. Inputs are 0 to 255.`,
  features: 'as GuardedPayments.featuresOf: amount, count, sum, age, known, largest, idle, hour',
  dataset: 'synthetic: scripts/models/fraud-risk/simulate.ts',
  ...{ seeds, accounts, trainingRows: training.length, metrics },
}
writeFileSync(join(folder, 'meta.json'), `${JSON.stringify(meta, null, 1)}\n`)
process.stdout.write(`${JSON.stringify(metrics, null, 1)}\n`)

function simulate(part: 'training' | 'test'): LabelledPayment[] {
  const random = randomOf(seeds[part])
  return Array.from({ length: accounts[part] }, () => simulateAccount(random)).flat()
}

function inputsOf(rows: readonly LabelledPayment[], count: number) {
  const data = Float32Array.from(rows.slice(0, count).flatMap(({ lanes }) => lanes))
  return { shape: [count, sizes.input], data }
}

function recall(bound: number): number {
  return share((k) => !test[k]!.isFraud || scores[k]! >= bound, test, true)
}

function falseAlarms(bound: number): number {
  return share((k) => scores[k]! >= bound, test, false)
}

/** Share of rows, of one label where it is given, of which something is true. */
function share(holds: (k: number) => boolean, rows: readonly LabelledPayment[], label?: boolean): number {
  const wanted = rows.map((_, k) => k).filter((k) => label === undefined || rows[k]!.isFraud === label)
  return round(wanted.filter(holds).length / wanted.length)
}

/** The chance that a fraud scores above an honest payment. */
function areaUnderCurve(): number {
  const ranked = scores.map((value, k) => ({ value, k })).sort((a, b) => a.value - b.value)
  const sum = ranked.reduce((total, { k }, rank) => total + (test[k]!.isFraud ? rank + 1 : 0), 0)
  return (sum - (frauds * (frauds + 1)) / 2) / (frauds * (test.length - frauds))
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000
}
