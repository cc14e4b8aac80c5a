import type { Bundle } from '#prover/bundle/load.js'
import {
  ensureBundle,
  type ModelSource,
  type ProjectModel,
  readProjectModel,
} from '#service/demo/project-models.js'

export interface BuiltModel {
  readonly source: ModelSource
  readonly bundle: Bundle
}

/** A project model and its bundle, kept below .zkserve between runs. */
export async function builtModel(name: ProjectModel): Promise<BuiltModel> {
  const source = await readProjectModel(name)
  return { source, bundle: await ensureBundle(source) }
}
