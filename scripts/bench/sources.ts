import { existsSync } from 'node:fs'
import { join } from 'node:path'
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
}

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
  const known = [...projectModels.map(projectSource), ...(skipThirdParty ? [] : thirdPartySources())]
  if (models === undefined) return known
  return models.map((wanted) => {
    const source = known.find(({ name }) => name === wanted)
    if (source) return source
    throw new ZkserveError('USAGE', `unknown model "${wanted}"`, {
      hints: [`Models here: ${known.map(({ name }) => name).join(', ')}.`],
    })
  })
}

function projectSource(name: string): BenchSource {
  const folder = join(packageRoot, 'test', 'models', name)
  return {
    name,
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
      }),
    )
    .filter(({ onnx, test }) => existsSync(onnx) && existsSync(test))
}
