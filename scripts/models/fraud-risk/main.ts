/** Simulates payments, trains test/models/fraud-risk on them and writes it: `node dist/scripts/models/fraud-risk/main.js`. */
import { type LabelledPayment, simulateAccount } from '#scripts/models/fraud-risk/simulate.js'
import { areaUnderCurve, round } from '#scripts/models/measures.js'
import { randomOf } from '#scripts/models/random.js'
import { score, train } from '#scripts/models/train-network.js'
import { writeModel } from '#scripts/models/write-model.js'

const seeds = { training: 20261122, test: 7, weights: 3 } as const
const accounts = { training: 4_000, test: 1_500 } as const
const sizes = { input: 8, hidden: 12, output: 1 } as const

const [training, test] = [simulate('training'), simulate('test')]
const network = train(training, sizes, { middle: 0, scale: 64 }, randomOf(seeds.weights))
const scores = test.map(({ lanes }) => score(network, lanes)[0]!)
const isFraud = test.map((row) => row.isFraud)
const metrics = {
  testRows: test.length,
  fraudRate: round(isFraud.filter(Boolean).length / test.length),
  accuracy: share((k) => scores[k]! >= 0.5 === isFraud[k]!),
  auc: round(areaUnderCurve(scores, isFraud)),
  ...{ recallAtHalf: scoredFrom(0.5, true), falseAlarmsAtHalf: scoredFrom(0.5, false) },
  ...{ recallAtFifth: scoredFrom(0.2, true), falseAlarmsAtFifth: scoredFrom(0.2, false) },
}
writeModel({
  ...{ network, training, test, labelOf: ({ labels }) => labels[0]! },
  names: { graph: 'fraud-risk', input: 'features', output: 'risk' },
  meta: {
    task: 'score',
    description: `MLP 8-${sizes.hidden}-1, ReLU, Sigmoid: probability that a thief made a payment. Inputs are 0 to 255.`,
    features: 'as GuardedPayments.featuresOf: amount, count, sum, age, known, largest, idle, hour',
    dataset: 'synthetic: scripts/models/fraud-risk/simulate.ts',
    ...{ seeds, accounts, trainingRows: training.length, metrics },
  },
})
process.stdout.write(`${JSON.stringify(metrics, null, 1)}\n`)

function simulate(part: 'training' | 'test') {
  const random = randomOf(seeds[part])
  return Array.from({ length: accounts[part] }, () => simulateAccount(random))
    .flat()
    .map((payment: LabelledPayment) => ({ ...payment, labels: [Number(payment.isFraud)] }))
}

/** Share of frauds, or of the others, that score this or more. */
function scoredFrom(bound: number, label: boolean): number {
  return share((k) => scores[k]! >= bound, label)
}

/** Share of rows, of one label where it is given, of which something is true. */
function share(holds: (k: number) => boolean, label?: boolean): number {
  const wanted = test.map((_, k) => k).filter((k) => label === undefined || isFraud[k] === label)
  return round(wanted.filter(holds).length / wanted.length)
}
