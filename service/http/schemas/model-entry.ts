import { type Static, Type } from 'typebox'
import type { Bundle } from '#prover/bundle/load.js'
import { toProblem } from '#service/http/problem.js'
import {
  type Model,
  type ModelSummary,
  modelOf,
  modelSchema,
  modelSummarySchema,
  summaryOf,
} from '#service/http/schemas/model.js'
import { problemSchema } from '#service/http/schemas/problem.js'
import { isoOrNull } from '#service/http/schemas/time.js'
import type { RegisteredModel } from '#service/models/registered-model.js'

const nullable = <Schema extends Parameters<typeof Type.Union>[0][number]>(
  schema: Schema,
  description: string,
) => Type.Union([schema, Type.Null()], { description })

const time = Type.String({ format: 'date-time' })

/** What is told of every model beside what its bundle says. */
const facts = {
  id: nullable(
    Type.String({ pattern: '^[0-9a-f]{32}$' }),
    'Null for a bundle that the service was started with alone.',
  ),
  name: Type.String(),
  version: Type.Integer({ minimum: 1, description: "From 1 on for each of a tenant's names." }),
  shared: Type.Boolean({ description: "Whether it is the operator's, for all." }),
  job: nullable(Type.String(), 'The job that builds it, of an upload.'),
  createdAt: nullable(time, 'When it was accepted.'),
  readyAt: nullable(time, 'When it was built.'),
}

const ready = { ...facts, state: Type.Literal('ready') }

const pendingSchema = Type.Object({
  ...facts,
  state: Type.Enum(['building', 'failed']),
  error: nullable(problemSchema, 'Why it could not be built.'),
})

/** A model in a list. */
export const modelEntrySchema = Type.Union([
  Type.Object({ ...modelSummarySchema.properties, ...ready }),
  pendingSchema,
])

/** A model by itself. */
export const describedModelSchema = Type.Union([
  Type.Object({ ...modelSchema.properties, ...ready }),
  pendingSchema,
])

export type ModelEntry = Static<typeof modelEntrySchema>
export type DescribedModel = Static<typeof describedModelSchema>

/** A model as a tenant may see it: of the registry, or a bundle that this process was given. */
export type VisibleModel =
  | { readonly registered: RegisteredModel; readonly bundle: null }
  | { readonly registered: null; readonly bundle: Pick<Bundle, 'manifest'> }

export function entryOf(model: VisibleModel, requestId: string): ModelEntry {
  return describe<ModelSummary>(model, requestId, summaryOf)
}

export function describedOf(model: VisibleModel, requestId: string): DescribedModel {
  return describe<Model>(model, requestId, modelOf)
}

type Described<Said> = (Said & Static<Type.TObject<typeof ready>>) | Static<typeof pendingSchema>

function describe<Said extends ModelSummary>(
  { registered, bundle }: VisibleModel,
  requestId: string,
  say: (bundle: Pick<Bundle, 'manifest'>) => Said,
): Described<Said> {
  if (registered === null) {
    const { name } = bundle.manifest
    const told = { id: null, name, version: 1, shared: true, job: null, createdAt: null, readyAt: null }
    return { ...say(bundle), ...told, state: 'ready' }
  }
  const { id, name, version, tenant, job, state, error, manifest } = registered
  const told = {
    ...{ id, name, version, job },
    shared: tenant === null,
    createdAt: isoOrNull(registered.createdAt),
    readyAt: isoOrNull(registered.readyAt),
  }
  if (state === 'ready') return { ...say({ manifest: manifest! }), ...told, state }
  return {
    ...told,
    state: state === 'building' ? state : 'failed',
    error: error && toProblem(error, requestId),
  }
}
