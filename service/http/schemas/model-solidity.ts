import { type Static, Type } from 'typebox'
import { modelHashesSchema, modelSchema } from '#service/http/schemas/model.js'

const hex = (description: string) => Type.String({ pattern: '^0x[0-9a-f]*$', description })

const hexOrNull = (description: string) =>
  Type.Union([Type.String({ pattern: '^0x[0-9a-f]*$' }), Type.Null()], { description })

export const modelSoliditySchema = Type.Object({
  model: modelHashesSchema,
  struct: Type.String({ description: 'What the contracts take of a proof.' }),
  functions: Type.Array(
    Type.Object({ name: Type.String(), signature: Type.String(), selector: hex('Four bytes.') }),
    { description: 'Functions of InferenceVerifier that take it.' },
  ),
  proof: Type.Array(Type.String(), { description: 'What each word of `proof` holds.' }),
  statement: Type.Array(modelSchema.properties.publicSignals.items, {
    description:
      'What each word of `statement` holds: all public signals but the last, which the contract computes.',
  }),
  outputs: Type.Array(
    Type.Object({
      name: Type.String(),
      word: Type.Integer({ description: 'Index in `statement` of the word with its first element.' }),
      lane: Type.Integer({ description: 'Place of that element in the word.' }),
      elements: Type.Integer({ description: 'They follow one another, over words and outputs.' }),
      scale: Type.Number({ description: 'Real value of one integer step.' }),
    }),
    { description: 'Where outputs stand in the statement.' },
  ),
  lanes: Type.Object(
    {
      bits: Type.Integer({ description: "Width of a lane, two's complement, lowest first." }),
      perWord: Type.Integer(),
    },
    { description: 'How outputs are packed.' },
  ),
  registration: Type.Object(
    {
      function: Type.String(),
      commitment: Type.Object({
        modelHash: hex('32 bytes.'),
        circuitHash: hex('32 bytes.'),
        vkHash: hex('32 bytes.'),
        proofSystemId: hex('Four bytes, ERC-7992.'),
        uri: Type.String(),
      }),
      terms: Type.Object({
        setup: Type.Integer({ description: '0 development, 1 production.' }),
        transcriptHash: hex('Of the ceremony; zero for development keys.'),
        inputSignals: Type.Integer(),
        outputSignals: Type.Integer(),
      }),
      key: hexOrNull("The verifying key's canonical bytes; null with committed weights."),
      calldata: hex('The whole call.'),
      architecture: Type.Union(
        [
          Type.Object({
            id: hex('32 bytes.'),
            calldata: hex('Publishes the architecture, once for all versions, before the model.'),
          }),
          Type.Null(),
        ],
        { description: 'With committed weights.' },
      ),
    },
    { description: 'How the model is published in ModelRegistry; whoever sends it owns it there.' },
  ),
})

export type ModelSolidity = Static<typeof modelSoliditySchema>
