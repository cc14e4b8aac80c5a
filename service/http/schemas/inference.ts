import { type Static, Type } from 'typebox'
import { calldataSchema } from '#service/http/schemas/calldata.js'
import {
  acceptedReplyExample,
  answerReplyExample,
  batchReplyExample,
  inferBodyExamples,
  proofReplyExample,
} from '#service/http/schemas/examples.js'
import { modelHashesSchema } from '#service/http/schemas/model.js'
import {
  groth16ProofSchema,
  proofContextProperties,
  publicSignalsSchema,
} from '#service/http/schemas/proof.js'
import { receiptSchema } from '#service/receipts/receipt.js'

const numbersByName = (description: string) =>
  Type.Record(Type.String(), Type.Array(Type.Number()), { description })

const text = (description: string) => Type.String({ description, maxLength: 80 })

export const inferBodySchema = Type.Object(
  {
    model: Type.Optional(
      Type.String({
        maxLength: 256,
        description: "A model's `modelHash`, `vkHash` or name; may be left out where one model is served.",
      }),
    ),
    input: Type.Optional(
      Type.Unknown({
        description:
          'Numbers, flat or nested in the shape of the input, of a batch as a list of rows; or an object of them by input name.',
      }),
    ),
    inputs: Type.Optional(Type.Unknown({ description: 'The same as `input`.' })),
    batch: Type.Optional(
      Type.Array(Type.Unknown(), {
        minItems: 1,
        maxItems: 100,
        description:
          'In place of `input`: several, each as `input`, with an answer and a proof of its own. All are taken on, or none; they are not waited for.',
      }),
    ),
    proof: Type.Optional(Type.Boolean({ default: true, description: 'Whether to prove the answer.' })),
    wait: Type.Optional(
      Type.Boolean({ default: false, description: 'Whether to answer only when the proof is made.' }),
    ),
    requester: Type.Optional(text('Address that may consume the proof; anyone by default.')),
    nonce: Type.Optional(text('Decimal or 0x hex, below 2^256; drawn by default.')),
    chainId: Type.Optional(
      Type.Union([text('EIP-155 chain id; by default as the service is set.'), Type.Integer({ minimum: 0 })]),
    ),
    verifier: Type.Optional(text('Address of the InferenceVerifier; by default as the service is set.')),
    modelId: Type.Optional(
      Type.Union([text('Id of the model in the registry, for calldata.'), Type.Integer({ minimum: 0 })]),
    ),
    version: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 4_294_967_295,
        description: 'Version in the registry; 1 by default.',
      }),
    ),
    deadline: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 604_800_000,
        description: 'ms from now after which the proof is not wanted any more; its job then expires.',
      }),
    ),
    priority: Type.Optional(
      Type.Integer({
        minimum: -100,
        maximum: 100,
        default: 0,
        description: 'Of your own waiting jobs the higher goes first.',
      }),
    ),
    salt: Type.Optional(text('Blinds the input commitment; drawn by default.')),
  },
  {
    additionalProperties: false,
    examples: inferBodyExamples,
  },
)

export const inferHeadersSchema = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      pattern: '^("[!#-~]{1,255}"|[!#-~][!-~]{0,254})$',
      description:
        'Names the request, so that it can be sent again: 1 to 255 visible ASCII characters, quoted or not; a UUID is best. Kept as long as the job.',
      examples: ['"8e03978e-40d5-43dd-bc93-6894a57f9324"'],
    }),
  ),
  'zkserve-access': Type.Optional(
    Type.String({
      maxLength: 12_000,
      description:
        'For models that answer holders of a grant: base64url of JSON with `requester`, `nonce`, `deadline` (seconds since 1970) and `signature`, which is of the EIP-712 message InferenceRequest over the hash of this body.',
    }),
  ),
  'payment-signature': Type.Optional(
    Type.String({
      maxLength: 12_288,
      description: 'Base64 of a PaymentPayload of x402 version 2, where the service asks for payment.',
      examples: ['eyJ4NDAyVmVyc2lvbiI6Mn0='],
    }),
  ),
  prefer: Type.Optional(
    Type.String({
      description:
        'RFC 7240: `wait=SECONDS` waits so long for the proof, `respond-async` not at all; either goes before `wait` of the body. The reply says in Preference-Applied what was followed.',
      examples: ['respond-async', 'wait=10'],
    }),
  ),
})

const answer = {
  model: modelHashesSchema,
  outputs: numbersByName('Real outputs by name.'),
  integers: numbersByName('The integers that a proof speaks of, by output name.'),
  label: Type.Union([Type.Integer(), Type.Null()], {
    description: 'The class, where there is one; null for a batch, see `labels`.',
  }),
  labels: Type.Array(Type.Union([Type.Integer(), Type.Null()]), {
    description: 'The class of each inference of a batch.',
  }),
  saturated: Type.Integer({ description: 'Input elements outside the calibrated range.' }),
}

const answerReplySchema = Type.Object({
  ...answer,
  timings: Type.Object({ inference: Type.Number() }, { description: 'In ms.' }),
})

const timingsSchema = Type.Object(
  {
    queue: Type.Number({ description: 'Until a thread took the proof.' }),
    load: Type.Number({ description: 'Reading the bundle, where the thread did not hold it.' }),
    inference: Type.Number({ description: "The integer model's answer, once more." }),
    witness: Type.Number(),
    prove: Type.Number(),
    verify: Type.Number(),
    whole: Type.Number({ description: 'From submission to the end.' }),
    stages: Type.Optional(
      Type.Record(Type.String(), Type.Number(), {
        description: 'CPU time of the parts of `prove` over all threads, where the back end tells it.',
      }),
    ),
  },
  { description: 'In ms.' },
)

/** An answer with its proof: also a proof file that `POST /verify` and `zkserve verify` read. */
export const proofReplySchema = Type.Object({
  ...answer,
  proof: groth16ProofSchema,
  publicSignals: publicSignalsSchema,
  context: Type.Object({
    ...proofContextProperties,
    value: Type.String({ description: 'The last public signal, decimal.' }),
  }),
  calldata: calldataSchema,
  inputCommitment: Type.Union([Type.String(), Type.Null()]),
  receipt: Type.Union([receiptSchema, Type.Null()], {
    description: 'Null where the service has no signing key.',
  }),
  salt: Type.Union([Type.String(), Type.Null()], { description: 'Opens the commitment: keep it private.' }),
  backend: Type.String({ description: 'The prover that made the proof.' }),
  timings: timingsSchema,
})

/** Answers to a batch, in its order, without proofs. */
const batchReplySchema = Type.Object({ model: modelHashesSchema, batch: Type.Array(answerReplySchema) })

export type BatchReply = Static<typeof batchReplySchema>

/** An answer whose proof is being made. */
export const acceptedReplySchema = Type.Object(
  {
    ...answerReplySchema.properties,
    job: Type.Object({
      id: Type.String(),
      state: Type.String(),
      url: Type.String({ description: 'Where to ask for the proof; also in the Location header.' }),
    }),
  },
  { examples: [acceptedReplyExample] },
)

/** What `POST /infer` answers, to a batch too. */
export const inferRepliesSchema = Type.Union([proofReplySchema, answerReplySchema, batchReplySchema], {
  examples: [
    ...[proofReplyExample, answerReplyExample, batchReplyExample],
    { model: answerReplyExample.model, batch: [answerReplyExample, answerReplyExample] },
  ],
})

/** An answer that is shown when its proof is made and paid for. */
export const orderedReplySchema = Type.Object(
  { model: modelHashesSchema, job: acceptedReplySchema.properties.job },
  { examples: [{ model: acceptedReplyExample.model, job: acceptedReplyExample.job }] },
)

export type OrderedReply = Static<typeof orderedReplySchema>

/** The same with its proofs under way. */
const acceptedBatchSchema = Type.Object({
  model: modelHashesSchema,
  batch: Type.Array(Type.Union([acceptedReplySchema, orderedReplySchema])),
})

export type AcceptedBatch = Static<typeof acceptedBatchSchema>

export const acceptedRepliesSchema = Type.Union(
  [acceptedReplySchema, acceptedBatchSchema, orderedReplySchema],
  {
    examples: [acceptedReplyExample, { model: acceptedReplyExample.model, batch: [acceptedReplyExample] }],
  },
)

export type AcceptedReply = Static<typeof acceptedReplySchema>
export type AnswerReply = Static<typeof answerReplySchema>
export type ProofReply = Static<typeof proofReplySchema>
