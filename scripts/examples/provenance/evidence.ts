import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '#circuits/paths.js'
import type { Bundle } from '#prover/bundle/load.js'
import { type Evaluation, evaluate } from '#prover/inference/evaluate.js'
import type { ModelSource } from '#service/demo/project-models.js'

/** Files that tell where a model comes from, by the names that records give them. */
export interface Evidence {
  readonly folder: string
  readonly data: string
  readonly licence: string
  readonly run: string
  readonly report: string
  readonly evaluation: Evaluation
}

const licenceText = `Breast Cancer Wisconsin (Diagnostic), UCI Machine Learning Repository, doi:10.24432/C5DW2B
Wolberg, Mangasarian, Street, Street. CC BY 4.0: https://creativecommons.org/licenses/by/4.0/
`

/** Writes the evidence of a project's model: its data, their licence, how it was trained, what a test showed. */
export async function writeEvidence(folder: string, source: ModelSource, bundle: Bundle): Promise<Evidence> {
  const model = join(packageRoot, 'test', 'models', source.name)
  const [data, licence, run, report] = [
    join(folder, 'data'),
    join(folder, 'LICENCE.txt'),
    join(folder, 'training-run.json'),
    join(folder, 'evaluation.json'),
  ] as const
  await mkdir(data)
  await copyFile(join(model, 'calibration.npz'), join(data, 'training.npz'))
  await copyFile(join(model, 'test.npz'), join(data, 'test.npz'))
  await copyFile(join(model, 'meta.json'), run)
  await writeFile(licence, licenceText)
  const evaluation = evaluate(source.graph, bundle.model, source.test)
  await writeFile(report, `${JSON.stringify(evaluation, null, 2)}\n`)
  return { folder, data, licence, run, report, evaluation }
}
