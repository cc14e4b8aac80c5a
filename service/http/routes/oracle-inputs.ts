import { parseInput } from '#circuits/data/input.js'
import { ZkserveError } from '#circuits/errors.js'
import { quantiseInputs } from '#circuits/qmodel/inputs.js'
import { commitInputs, drawSalt } from '#prover/inference/commitment.js'
import { packInputs } from '#prover/inference/pack-inputs.js'
import type { Route } from '#service/http/route.js'
import { hashesOf } from '#service/http/schemas/model.js'
import { openingBodySchema, openingReplySchema } from '#service/http/schemas/opening.js'
import { problemReplies } from '#service/http/schemas/problem.js'
import { Openings } from '#service/oracle/openings.js'
import { readSalt } from '#service/proof-binding.js'
import { defaultTenant } from '#service/tenants/tenant.js'

const schema = {
  operationId: 'tellOracleInput',
  summary: 'Tell the watcher of an oracle an input that the chain sees as a commitment',
  description: `The input is kept sealed for a week. Ask the oracle about the commitment that is answered; the same
input and salt have the same.`,
  tags: ['oracle'],
  body: openingBodySchema,
  response: { 201: openingReplySchema, ...problemReplies },
}

/** POST /oracle/inputs */
export const oracleInputsRoute: Route = async (app, { models, database, cipher }) => {
  const openings = new Openings(database, cipher)
  app.post('/oracle/inputs', { schema, config: { scope: 'infer' } }, async ({ tenant, body }, reply) => {
    // Requests are answered with the models that the watcher finds.
    const bundle = await models.find(defaultTenant.id, body.model)
    const { model, manifest } = bundle
    if (manifest.inputMode !== 'hashed') {
      throw new ZkserveError(
        'INVALID_INPUT',
        `the inputs of "${manifest.name}" are public: ask about themselves`,
      )
    }
    const { integers } = quantiseInputs(model, parseInput(body, model.inputs, model.batch))
    const salt = body.salt === undefined ? drawSalt() : readSalt(body.salt)
    const commitment = await commitInputs(model, integers, salt)
    const words = packInputs(model, integers)
    await openings.add(tenant.id, { vkHash: manifest.vkHash, commitment }, { salt, words })
    reply.code(201).header('cache-control', 'no-store')
    return { model: hashesOf(bundle), commitment: String(commitment), salt: String(salt) }
  })
}
