import { type Static, Type } from 'typebox'

export const problemSchema = Type.Object(
  {
    type: Type.String({ description: 'Address of the description of the code.' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'What is wrong, in one line.' }),
    instance: Type.String({ description: 'Names this one occurrence.' }),
    error: Type.String({
      description: 'The same, under the name that the Open Inference Protocol has for it.',
    }),
    code: Type.String({ description: 'Code of the error table.' }),
    hints: Type.Array(Type.String(), { description: 'What to do next.' }),
    details: Type.Record(Type.String(), Type.Unknown()),
    requestId: Type.String(),
  },
  {
    description: 'An error, as RFC 9457 has it.',
    examples: [
      {
        type: '/errors/INVALID_INPUT',
        title: 'An inference input has the wrong shape, type or a value that is not finite.',
        status: 422,
        detail: 'input "input" needs 64 numbers, flat or as [1, 1, 8, 8], got shape [3]',
        instance: 'urn:uuid:3f2c0c1e-6c53-4f5e-8a53-0f2c4b8a9d10',
        error: 'input "input" needs 64 numbers, flat or as [1, 1, 8, 8], got shape [3]',
        code: 'INVALID_INPUT',
        hints: ['Send numbers in the shape that the model lists under `inputs`.'],
        details: { expected: [1, 1, 8, 8], got: [3] },
        requestId: '3f2c0c1e-6c53-4f5e-8a53-0f2c4b8a9d10',
      },
    ],
  },
)

export type Problem = Static<typeof problemSchema>

const problemContent = { content: { 'application/problem+json': { schema: problemSchema } } }

/** The replies that every route may give. */
export const problemReplies = {
  '4xx': { description: 'The request is refused.', ...problemContent },
  '5xx': { description: 'The service could not do it.', ...problemContent },
}
