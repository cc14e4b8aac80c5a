import { type Static, Type } from 'typebox'
import { modelHashesSchema } from '#service/http/schemas/model.js'

/** A model before its hashes are known. */
export const modelNameSchema = Type.Object({
  id: Type.String({ pattern: '^[0-9a-f]{32}$', description: 'Id of the model.' }),
  name: Type.String(),
  version: Type.Integer({ minimum: 1, description: "From 1 on for each of the tenant's names." }),
})

export type ModelName = Static<typeof modelNameSchema>

/** What the job of an upload ends with. */
export const buildReplySchema = Type.Object({
  model: Type.Object({ ...modelNameSchema.properties, ...modelHashesSchema.properties }),
  constraints: Type.Integer({ description: 'Size of the circuit.' }),
  timings: Type.Record(Type.String(), Type.Number(), { description: 'Of each stage, in ms.' }),
})

export type BuildReply = Static<typeof buildReplySchema>
