import { Type } from 'typebox'
import { inferBodySchema } from '#service/http/schemas/inference.js'
import { modelHashesSchema } from '#service/http/schemas/model.js'

/** An input for a request that an oracle will get. */
export const openingBodySchema = Type.Object(
  Type.Pick(inferBodySchema, ['model', 'input', 'inputs', 'salt']).properties,
  { additionalProperties: false, examples: [{ model: 'mnist-mlp', input: [0, 0.5, 1] }] },
)

const number = Type.String({ description: 'Decimal.' })

export const openingReplySchema = Type.Object({
  model: modelHashesSchema,
  commitment: number,
  salt: Type.String({ description: 'Decimal; opens the commitment together with the input.' }),
})
