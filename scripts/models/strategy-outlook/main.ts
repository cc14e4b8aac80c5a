/** Simulates markets, trains test/models/strategy-outlook and writes it: `node dist/scripts/models/strategy-outlook/main.js`. */
import { areaUnderCurve, round } from '#scripts/models/measures.js'
import { randomOf } from '#scripts/models/random.js'
import { changesSeen, strategies } from '#scripts/models/strategy-outlook/features.js'
import { simulateMarket } from '#scripts/models/strategy-outlook/simulate.js'
import { score, train } from '#scripts/models/train-network.js'
import { writeModel } from '#scripts/models/write-model.js'

const seeds = { training: 20261123, test: 11, weights: 5 } as const
const markets = { training: 1_200, test: 300 } as const
const sizes = { input: strategies * changesSeen, hidden: 12, output: strategies } as const

const [training, test] = [simulate('training'), simulate('test')]
const network = train(training, sizes, { middle: 128, scale: 4 }, randomOf(seeds.weights))
const scores = test.map(({ lanes }) => score(network, lanes))
const favourites = scores.map((outputs) => outputs.indexOf(Math.max(...outputs)))
const metrics = {
  testRows: test.length,
  auc: round(
    areaUnderCurve(
      scores.flat(),
      test.flatMap(({ labels }) => labels.map(Boolean)),
    ),
  ),
  favouriteIsBest: round(mean(test.map(({ labels }, row) => labels[favourites[row]!]!))),
  fiveDaysOfFavourite: round(mean(test.map(({ ahead }, row) => ahead[favourites[row]!]!))),
  fiveDaysOfAll: round(mean(test.flatMap(({ ahead }) => ahead))),
  meanTotal: round(mean(scores.map((outputs) => outputs.reduce((sum, value) => sum + value, 0)))),
}
writeModel({
  ...{ network, training, test, labelOf: ({ labels }) => labels.indexOf(1) },
  names: { graph: 'strategy-outlook', input: 'changes', output: 'shares' },
  meta: {
    task: 'scores',
    description: `MLP ${sizes.input}-${sizes.hidden}-${sizes.output}, ReLU, Sigmoid: probability, by strategy, that it gains most of all within five days. Inputs are 0 to 255.`,
    features: 'as GuardedVault.features: the last four changes of each strategy, the latest first',
    labels: 'the strategy that gained most, -1 for none; changes in metrics are in ten-thousandths',
    dataset: 'synthetic: scripts/models/strategy-outlook/simulate.ts',
    ...{ seeds, markets, trainingRows: training.length, metrics },
  },
})
process.stdout.write(`${JSON.stringify(metrics, null, 1)}\n`)

function simulate(part: 'training' | 'test') {
  const random = randomOf(seeds[part])
  return Array.from({ length: markets[part] }, () => simulateMarket(random)).flat()
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
