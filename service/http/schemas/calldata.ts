import { type Static, Type } from 'typebox'

const word = Type.String({ description: '32 bytes, 0x hex.' })

const call = (description: string) => Type.Union([Type.String(), Type.Null()], { description })

export const calldataSchema = Type.Object(
  {
    inference: Type.Object(
      { proof: Type.Array(word), statement: Type.Array(word), requester: Type.String(), nonce: word },
      { description: "The contracts' struct `Inference`." },
    ),
    verify: call('Calldata of `InferenceVerifier.verify`; null where the registry ids are not known.'),
    consume: call('Calldata of `InferenceVerifier.consume`, which spends the nonce; null likewise.'),
  },
  { description: 'The proof as contracts take it.' },
)

export type Calldata = Static<typeof calldataSchema>
