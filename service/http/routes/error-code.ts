import { Type } from 'typebox'
import { type ErrorCode, errorTable } from '#circuits/error-table.js'
import type { Route } from '#service/http/route.js'
import { problemReplies } from '#service/http/schemas/problem.js'

const schema = {
  operationId: 'describeError',
  summary: 'What an error code means',
  description: 'The address that the `type` of every problem gives.',
  tags: ['errors'],
  params: Type.Object({ code: Type.Enum(Object.keys(errorTable) as ErrorCode[]) }),
  response: {
    200: Type.Object(
      { code: Type.String(), status: Type.Integer(), summary: Type.String(), hint: Type.String() },
      { examples: [{ code: 'QUEUE_FULL', ...errorTable.QUEUE_FULL }] },
    ),
    ...problemReplies,
  },
}

/** GET /errors/:code */
export const errorCodeRoute: Route = async (app) => {
  app.get('/errors/:code', { schema }, async ({ params: { code } }) => ({ code, ...errorTable[code] }))
}
