import type { Bundle } from '#prover/bundle/load.js'
import {
  modelMetadataSchema,
  modelPathSchema,
  modelReadySchema,
  modelVersionPathSchema,
} from '#service/http/open-inference/schemas.js'
import { notReady } from '#service/http/open-inference/server.js'
import { findVersion, type ModelPath, versionsOf } from '#service/http/open-inference/versions.js'
import { datatypeOf } from '#service/http/open-inference/write-outputs.js'
import type { Route } from '#service/http/route.js'
import { problemReplies } from '#service/http/schemas/problem.js'
import { lease } from '#service/http/services.js'
import { modelsWithoutWorker } from '#service/jobs/able-workers.js'

const tags = ['open inference']

const metadata = {
  summary: 'A model, as the Open Inference Protocol has it',
  tags,
  response: { 200: modelMetadataSchema, ...problemReplies },
}

const ready = {
  summary: 'Whether a model is ready',
  description: 'Ready is a model that a live worker is able to prove; not ready is 409.',
  tags,
  response: { 200: modelReadySchema, ...problemReplies },
}

const config = { scope: 'read' } as const

/** GET /v2/models/:model[/versions/:version][/ready] */
export const openInferenceModelRoutes: Route = async (app, services) => {
  const { models, database, jobs, drain } = services
  const describe = async (tenant: string, path: ModelPath) => {
    const found = await findVersion(services, tenant, path)
    return metadataOf(found.bundle, await versionsOf(services, tenant, found))
  }
  const readinessOf = async (tenant: string, path: ModelPath) => {
    const { bundle } = await findVersion(services, tenant, path)
    const [missing] = await modelsWithoutWorker(database, [models.provable(bundle)], lease)
    const { name } = bundle.manifest
    if (jobs.stopping || drain.begun) throw notReady('the server is stopping')
    if (missing !== undefined) throw notReady(`no worker has the model "${name}"`)
    return { name, ready: true }
  }
  const one = { params: modelPathSchema }
  const versioned = { params: modelVersionPathSchema }
  const options = <Schema extends object>(schema: Schema) => ({ schema, config })
  app.get(
    '/v2/models/:model',
    options({ ...metadata, ...one, operationId: 'openInferenceModel' }),
    ({ tenant, params }) => describe(tenant.id, params),
  )
  app.get(
    '/v2/models/:model/versions/:version',
    options({ ...metadata, ...versioned, operationId: 'openInferenceModelVersion' }),
    ({ tenant, params }) => describe(tenant.id, params),
  )
  app.get(
    '/v2/models/:model/ready',
    options({ ...ready, ...one, operationId: 'openInferenceModelReady' }),
    ({ tenant, params }) => readinessOf(tenant.id, params),
  )
  app.get(
    '/v2/models/:model/versions/:version/ready',
    options({ ...ready, ...versioned, operationId: 'openInferenceModelVersionReady' }),
    ({ tenant, params }) => readinessOf(tenant.id, params),
  )
}

function metadataOf({ manifest, model }: Bundle, versions: string[]) {
  return {
    name: manifest.name,
    versions,
    platform: 'zkserve_groth16',
    inputs: model.inputs.map(({ name, shape }) => ({ name, datatype: 'FP32', shape: [...shape] })),
    outputs: model.outputs.map((output) => ({
      name: output.name,
      datatype: datatypeOf(output),
      shape: [...output.shape],
    })),
  }
}
