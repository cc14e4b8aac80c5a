import { type TSchema, Type } from 'typebox'
import { jobEvents } from '#service/webhooks/webhook.js'

const job = '8f14e45fceea167a5a36dedd4bea2543'

/** What a receiver gets at the end of a job: no outputs, no salt, nothing of the input. */
export const jobMessageSchema = Type.Object(
  {
    type: Type.Enum([...jobEvents]),
    timestamp: Type.String({ format: 'date-time', description: 'When the job ended.' }),
    data: Type.Object({
      id: Type.String({ description: 'Id of the job.' }),
      state: Type.Enum(['succeeded', 'failed', 'cancelled', 'expired']),
      kind: Type.Enum(['proof', 'build']),
      model: Type.Object(
        {
          id: Type.Optional(Type.String()),
          name: Type.Optional(Type.String()),
          version: Type.Optional(Type.Integer()),
          modelHash: Type.Optional(Type.String()),
          circuitHash: Type.Optional(Type.String()),
          vkHash: Type.Optional(Type.String()),
        },
        {
          description:
            'Of a proof name and hashes; of a build id, name and version: the rest is at the model.',
        },
      ),
      error: Type.Union([Type.String(), Type.Null()], { description: 'Code of the error table.' }),
      url: Type.String({ description: 'Path of the job at this service, where its result is.' }),
    }),
  },
  {
    examples: [
      {
        type: 'job.succeeded',
        timestamp: '2025-11-21T03:00:00.040Z',
        data: {
          id: job,
          state: 'succeeded',
          kind: 'proof',
          model: {
            name: 'mnist-mlp',
            modelHash: '0x5f0c3d3a52c0f3b1f9f1c7e2a4d8b6c0e1f2a3b4c5d6e7f8091a2b3c4d5e6f70',
            circuitHash: '0x9a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9',
            vkHash: '0x3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b',
          },
          error: null,
          url: `/jobs/${job}`,
        },
      },
    ],
  },
)

export const pingMessageSchema = Type.Object(
  {
    type: Type.Literal('ping'),
    timestamp: Type.String({ format: 'date-time' }),
    data: Type.Object({ webhook: Type.String({ description: 'Id of the webhook.' }) }),
  },
  {
    examples: [
      {
        type: 'ping',
        timestamp: '2025-11-21T03:00:00.000Z',
        data: { webhook: 'wh_8f14e45fceea167a5a36dedd4bea2543' },
      },
    ],
  },
)

const header = (name: string, description: string, example: string) => ({
  name,
  in: 'header' as const,
  required: true,
  description,
  schema: { type: 'string' as const },
  example,
})

const headers = [
  header(
    'webhook-id',
    'The same at each attempt: who has seen it needs not act again.',
    'msg_c9f0f895fb98ab9159f51fd0297e236d',
  ),
  header('webhook-timestamp', 'When the attempt was made, in seconds since 1970.', '1763694000'),
  header(
    'webhook-signature',
    'One or two, with a space between: `v1,` and the HMAC-SHA256 of `ID.TIMESTAMP.BODY` in base64.',
    'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
  ),
]

function message(operationId: string, summary: string, schema: TSchema) {
  return {
    post: {
      operationId,
      summary,
      tags: ['webhooks'],
      parameters: headers,
      requestBody: { required: true, content: { 'application/json': { schema } } },
      responses: {
        '2XX': { description: 'Taken.' },
        '410': { description: 'Nobody wants them any more: the webhook is disabled.' },
        default: { description: 'Not taken: it is sent again, at `Retry-After` where that is later.' },
      },
    },
  }
}

/** The `webhooks` of OpenAPI 3.1: what is sent to those who asked for it. */
export const openApiWebhooks = {
  'job.ended': message('jobEnded', 'A job ended', jobMessageSchema),
  ping: message('ping', 'Asked for by POST /webhooks/:id/test', pingMessageSchema),
}
