import { type Static, Type } from 'typebox'

/** JSON of the Open Inference Protocol, version 2 (github.com/kserve/open-inference-protocol, inference_rest.md). */

const parameterValue = Type.Union([Type.String(), Type.Number(), Type.Boolean()])

/** Parameters of tensors; those that announce binary data are refused. */
const parametersSchema = Type.Record(Type.String(), parameterValue)

const dimension = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })

const shapeSchema = Type.Array(dimension, { maxItems: 16 })

const tensorData = Type.Array(Type.Unknown(), {
  description: 'Elements in row-major order, flat or nested as the shape has it.',
})

const name = Type.String({ maxLength: 1024 })

export const requestInputSchema = Type.Object(
  {
    name,
    shape: shapeSchema,
    datatype: Type.String({
      maxLength: 16,
      description: 'FP32, FP64, INT8 to INT64, UINT8 to UINT64 or BOOL: all are read as numbers.',
    }),
    parameters: Type.Optional(parametersSchema),
    data: Type.Optional(tensorData),
  },
  { additionalProperties: false },
)

export type RequestInput = Static<typeof requestInputSchema>

const text = (description: string) => Type.Optional(Type.String({ description, maxLength: 80 }))

/** What a request may say of its proof; the values are text, numbers or booleans, as the protocol has it. */
export const requestParametersSchema = Type.Object(
  {
    proof: Type.Optional(Type.Boolean({ default: true, description: 'Whether to prove the answer.' })),
    wait: Type.Optional(Type.Boolean({ default: false, description: 'Whether to wait for the proof.' })),
    requester: text('Address that may consume the proof; anyone by default.'),
    nonce: text('Decimal or 0x hex, below 2^256; drawn by default.'),
    chain_id: text('EIP-155 chain id, decimal; by default as the service is set.'),
    verifier: text('Address of the InferenceVerifier; by default as the service is set.'),
    salt: text('Blinds the input commitment; drawn by default.'),
    deadline: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 604_800_000, description: 'ms from now until the job expires.' }),
    ),
    priority: Type.Optional(Type.Integer({ minimum: -100, maximum: 100 })),
  },
  { additionalProperties: false },
)

export type RequestParameters = Static<typeof requestParametersSchema>

const requestOutputSchema = Type.Object(
  { name, parameters: Type.Optional(parametersSchema) },
  { additionalProperties: false },
)

export type RequestOutput = Static<typeof requestOutputSchema>

export const inferenceRequestSchema = Type.Object(
  {
    id: Type.Optional(Type.String({ maxLength: 1024, description: 'Comes back with the answer.' })),
    parameters: Type.Optional(requestParametersSchema),
    inputs: Type.Array(requestInputSchema, { minItems: 1, maxItems: 1024 }),
    outputs: Type.Optional(
      Type.Array(requestOutputSchema, {
        maxItems: 1024,
        description: 'The outputs to answer with; all by default.',
      }),
    ),
  },
  {
    additionalProperties: false,
    examples: [
      {
        id: '42',
        parameters: { proof: true, nonce: '0x01' },
        inputs: [{ name: 'image', shape: [1, 3], datatype: 'FP32', data: [0, 0.5, 1] }],
        outputs: [{ name: 'probability' }],
      },
    ],
  },
)

const responseOutputSchema = Type.Object({
  name: Type.String(),
  shape: Type.Array(Type.Integer()),
  datatype: Type.String(),
  data: Type.Array(Type.Union([Type.Number(), Type.Boolean()])),
})

export type ResponseOutput = Static<typeof responseOutputSchema>

export const inferenceResponseSchema = Type.Object(
  {
    model_name: Type.String(),
    model_version: Type.String(),
    id: Type.Optional(Type.String()),
    parameters: Type.Object({
      model_hash: Type.String(),
      vk_hash: Type.String(),
      saturated: Type.Integer({ description: 'Input elements outside the calibrated range.' }),
      proof_url: Type.Optional(
        Type.String({ description: 'The job that makes the proof, or has made it: a path of this service.' }),
      ),
      proof_state: Type.Optional(Type.Enum(['queued', 'succeeded'])),
    }),
    outputs: Type.Array(responseOutputSchema),
  },
  {
    examples: [
      {
        model_name: 'mnist-mlp',
        model_version: '1',
        id: '42',
        parameters: {
          model_hash: '0x5f0c3d3a52c0f3b1f9f1c7e2a4d8b6c0e1f2a3b4c5d6e7f8091a2b3c4d5e6f70',
          vk_hash: '0x3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b',
          saturated: 0,
          proof_url: '/jobs/8f14e45fceea167a5a36dedd4bea2543',
          proof_state: 'queued',
        },
        outputs: [{ name: 'probability', shape: [1, 3], datatype: 'FP32', data: [0.02, 0.97, 0.01] }],
      },
    ],
  },
)

const metadataTensor = Type.Object({
  name: Type.String(),
  datatype: Type.String(),
  shape: Type.Array(Type.Integer()),
})

export const modelMetadataSchema = Type.Object(
  {
    name: Type.String(),
    versions: Type.Array(Type.String()),
    platform: Type.String(),
    inputs: Type.Array(metadataTensor),
    outputs: Type.Array(metadataTensor),
  },
  {
    examples: [
      {
        name: 'mnist-mlp',
        versions: ['1'],
        platform: 'zkserve_groth16',
        inputs: [{ name: 'image', datatype: 'FP32', shape: [1, 3] }],
        outputs: [{ name: 'probability', datatype: 'FP32', shape: [1, 3] }],
      },
    ],
  },
)

export const serverMetadataSchema = Type.Object(
  { name: Type.String(), version: Type.String(), extensions: Type.Array(Type.String()) },
  { examples: [{ name: 'zkserve', version: '0.1.0', extensions: ['zkserve_proof'] }] },
)

export const serverLiveSchema = Type.Object({ live: Type.Boolean() }, { examples: [{ live: true }] })

export const serverReadySchema = Type.Object(
  { live: Type.Boolean(), ready: Type.Boolean() },
  { examples: [{ live: true, ready: true }] },
)

export const modelReadySchema = Type.Object(
  { name: Type.String(), ready: Type.Boolean() },
  { examples: [{ name: 'mnist-mlp', ready: true }] },
)

export const modelPathSchema = Type.Object({
  model: Type.String({ maxLength: 256, description: 'Name, model hash or verifying-key hash.' }),
})

export const modelVersionPathSchema = Type.Object({
  ...modelPathSchema.properties,
  version: Type.String({
    maxLength: 32,
    description: 'Version of the model; the newest where it is left out.',
  }),
})
