import { Type } from 'typebox'
import { verifyBodyExample, verifyReplyExamples } from '#service/http/schemas/examples.js'
import {
  groth16ProofSchema,
  proofContextProperties,
  publicSignalsSchema,
} from '#service/http/schemas/proof.js'

export const verifyBodySchema = Type.Object(
  {
    model: Type.Optional(
      Type.Union(
        [Type.String({ maxLength: 256 }), Type.Object({ vkHash: Type.String({ maxLength: 256 }) })],
        {
          description: "A model's id, or its hashes; may be left out where one model is served.",
        },
      ),
    ),
    proof: groth16ProofSchema,
    publicSignals: publicSignalsSchema,
    context: Type.Optional(
      Type.Object(proofContextProperties, {
        description: 'Checked against the last public signal where it is given.',
      }),
    ),
  },
  { examples: [verifyBodyExample] },
)

export const verifyReplySchema = Type.Object(
  {
    valid: Type.Boolean(),
    reason: Type.Optional(Type.String({ description: 'Why the proof is refused.' })),
    claim: Type.Optional(
      Type.Object(
        {
          outputs: Type.Record(Type.String(), Type.Array(Type.Number())),
          integers: Type.Record(Type.String(), Type.Array(Type.Number())),
          label: Type.Union([Type.Integer(), Type.Null()]),
          labels: Type.Array(Type.Union([Type.Integer(), Type.Null()])),
          inputCommitment: Type.Union([Type.String(), Type.Null()]),
        },
        { description: 'What a valid proof says.' },
      ),
    ),
  },
  { examples: verifyReplyExamples },
)
