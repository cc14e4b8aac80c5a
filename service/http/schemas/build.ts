import { type Static, Type } from 'typebox'
import { buildOptionsSchema } from '#service/builds/build-options.js'
import { modelHashesSchema } from '#service/http/schemas/model.js'

const model = { id: 'c4ca4238a0b923820dcc509a6f75849b', name: 'breast-cancer', version: 1 } as const
const job = '8f14e45fceea167a5a36dedd4bea2543'

const uploadReplyExample = {
  model: { ...model, state: 'building', url: `/models/${model.id}` },
  estimate: { constraints: 804, parameters: 530, macs: 512 },
  job: { id: job, state: 'queued', url: `/jobs/${job}` },
}

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

export const uploadBodySchema = Type.Object(
  {
    model: binary('The ONNX file.'),
    calibration: binary(
      'Rows to calibrate with: .npz with `inputs` (and `labels`), .npy, or JSON {"inputs": [...]}.',
    ),
    options: Type.Optional(buildOptionsSchema),
  },
  { additionalProperties: false },
)

/** What an upload is answered with: its model is being built. */
export const uploadReplySchema = Type.Object(
  {
    model: Type.Object({
      ...modelNameSchema.properties,
      state: Type.Literal('building'),
      url: Type.String({ description: 'Where to ask for the model.' }),
    }),
    estimate: Type.Object({
      constraints: Type.Integer({ description: 'Size of the circuit, about; the build makes it exact.' }),
      parameters: Type.Integer(),
      macs: Type.Integer({ description: 'Multiplications of one inference.' }),
    }),
    job: Type.Object({
      id: Type.String(),
      state: Type.String(),
      url: Type.String({ description: 'Where to ask for the build; also in the Location header.' }),
    }),
  },
  { examples: [uploadReplyExample] },
)

export type UploadReply = Static<typeof uploadReplySchema>

/** Bytes of a part of a multipart body. */
function binary(description: string) {
  return Type.Unsafe<Uint8Array>({ contentMediaType: 'application/octet-stream', description })
}
