import { Type } from 'typebox'
import { ZkserveError } from '#circuits/errors.js'
import { actorOf } from '#service/audit/actor.js'
import { openJobsOf } from '#service/builds/open-jobs-of.js'
import type { Route } from '#service/http/route.js'
import { modelParametersSchema } from '#service/http/schemas/model.js'
import { problemReplies } from '#service/http/schemas/problem.js'
import { findVisible } from '#service/http/visible-models.js'

const schema = {
  operationId: 'deleteModel',
  summary: 'Delete a model',
  description: `Nobody finds it from now on, and it can be asked for no more proofs. A build under way is cancelled; proofs
under way are made all the same, or cancelled with \`cancel=true\`. Name one version: by id, hash or \`name:version\`.`,
  tags: ['models'],
  params: modelParametersSchema,
  querystring: Type.Object(
    {
      cancel: Type.Optional(
        Type.Enum(['true', 'false'], { description: 'Whether proofs under way are cancelled.' }),
      ),
    },
    { additionalProperties: false },
  ),
  response: { 204: Type.Null({ description: 'It is deleted.' }), ...problemReplies },
}

/** DELETE /models/:id */
export const deleteModelRoute: Route = async (app, services) => {
  const { catalogue, database, jobs } = services
  app.delete('/models/:id', { schema, config: { scope: 'models' } }, async (request, reply) => {
    const { params, query, tenant } = request
    const { registered } = await findVisible(services, tenant.id, params.id)
    if (registered === null || registered.tenant === null)
      throw new ZkserveError('FORBIDDEN', "this model is the operator's", {
        hints: ['Models that were uploaded can be deleted.'],
      })
    const { id, name, version, job, manifest } = registered
    if (params.id === name) {
      throw new ZkserveError('INVALID_REQUEST', `which version of "${name}"?`, {
        hints: [`Name it by its id or as \`${name}:${version}\`.`],
      })
    }
    await catalogue.registry.remove(tenant.id, id, actorOf(tenant))
    catalogue.forget()
    if (registered.state === 'building' && job !== null) await jobs.cancel(tenant.id, job, actorOf(tenant))
    if (query.cancel === 'true' && manifest !== null) {
      for (const open of await openJobsOf(database, tenant.id, manifest.vkHash))
        await jobs.cancel(tenant.id, open, actorOf(tenant))
    }
    request.log.info({ model: id }, 'model deleted')
    return reply.code(204).send(null)
  })
}
