import { sizeOf } from '#circuits/graph/graph.js'
import { type Bundle, loadBundle } from '#prover/bundle/load.js'
import {
  ensureBundle,
  type ProjectModel,
  projectModels,
  readProjectModel,
} from '#service/demo/project-models.js'

/** A model that is served, and a request to it. */
export interface Subject {
  readonly name: string
  readonly dir: string
  readonly input: Readonly<Record<string, readonly number[]>>
}

/** @param given name of a project model, built where it is not yet, or directory of a bundle */
export async function subjectOf(given: string, say: (text: string) => void): Promise<Subject> {
  say(`${given}: bundle`)
  const known = projectModels.find((name) => name === given) as ProjectModel | undefined
  const bundle =
    known === undefined ? await loadBundle(given) : await ensureBundle(await readProjectModel(known))
  return { name: bundle.manifest.name, dir: bundle.dir, input: inputOf(bundle) }
}

/** Any numbers within the range of pictures. */
function inputOf({ model }: Bundle): Record<string, number[]> {
  const values = (count: number) => Array.from({ length: count }, (_, index) => (index % 8 < 4 ? 0.5 : 0))
  return Object.fromEntries(model.inputs.map(({ name, shape }) => [name, values(sizeOf(shape))]))
}
