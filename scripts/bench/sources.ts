import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { WeightMode } from '#circuits/analyse/weight-plan.js'
import { ZkserveError } from '#circuits/errors.js'
import { packageRoot } from '#circuits/paths.js'
import { projectModels } from '#service/demo/project-models.js'

/** A network to measure, by its files. */
export interface BenchSource {
  readonly name: string
  readonly origin: 'project' | 'third-party'
  readonly onnx: string
  /** Rows that choose the scales: a file of their own, or the first so many of the test data. */
  readonly calibration: { readonly file: string } | { readonly firstTestRows: number }
  readonly test: string
  readonly weights: WeightMode
  /** Inferences that share a proof. */
  readonly batch: number
}

/** Ways to build a project model other than the default one. */
const variants = [
  { name: 'mnist-mlp', batch: 8, weights: 'fixed' },
  { name: 'mnist-mlp', batch: 1, weights: 'committed' },
  { name: 'mnist-lenet5', batch: 1, weights: 'committed' },
] as const

/** Nets of the public benchmark Guy1m0/ZKML-Benchmark, beside the project where somebody put them there. */
const thirdPartyFolder = join(packageRoot, '..', 'shared', 'models', 'third-party')

/** The MNIST test digits in the shape that each of those nets takes. */
const thirdPartyData = {
  '784_56_10': 'mnist-t10k-flat784.npz',
  '14_5_11_80_10_3': 'mnist-t10k-1x14x14.npz',
  '28_6_16_10_5': 'mnist-t10k-1x28x28.npz',
  '28_6_16_120_84_10_5': 'mnist-t10k-1x28x28.npz',
} as const

export interface SourceOptions {
  /** Names of the models wanted, in this order; all by default. */
  readonly models?: readonly string[]
  readonly skipThirdParty?: boolean
}

/** @throws ZkserveError `USAGE` for an unknown name */
export function benchSources({ models, skipThirdParty = false }: SourceOptions): BenchSource[] {
  const known = [
    ...projectModels.map((name) => projectSource({ name, batch: 1, weights: 'fixed' })),
    ...variants.map(projectSource),
    ...(skipThirdParty ? [] : thirdPartySources()),
  ]
  if (models === undefined) return known
  return models.map((wanted) => {
    const source = known.find(({ name }) => name === wanted)
    if (source) return source
    throw new ZkserveError('USAGE', `unknown model "${wanted}"`, {
      hints: [`Models here: ${known.map(({ name }) => name).join(', ')}.`],
    })
  })
}

function projectSource(variant: Pick<BenchSource, 'name' | 'batch' | 'weights'>): BenchSource {
  const { name, batch, weights } = variant
  const folder = join(packageRoot, 'test', 'models', name)
  return {
    name: [name, ...(batch > 1 ? [`x${batch}`] : []), ...(weights === 'committed' ? [weights] : [])].join(
      '-',
    ),
    batch,
    weights,
    origin: 'project',
    onnx: join(folder, 'model.onnx'),
    calibration: { file: join(folder, 'calibration.npz') },
    test: join(folder, 'test.npz'),
  }
}

function thirdPartySources(): BenchSource[] {
  return Object.entries(thirdPartyData)
    .map(
      ([name, data]): BenchSource => ({
        name,
        origin: 'third-party',
        onnx: join(thirdPartyFolder, `${name}.onnx`),
        calibration: { firstTestRows: 200 },
        test: join(thirdPartyFolder, data),
        batch: 1,
        weights: 'fixed',
      }),
    )
    .filter(({ onnx, test }) => existsSync(onnx) && existsSync(test))
}
