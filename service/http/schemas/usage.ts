import { Type } from 'typebox'

const limit = (description: string) =>
  Type.Union([Type.Integer(), Type.Null()], { description: `${description} Null: any number.` })

export const usageSchema = Type.Object(
  {
    tenant: Type.String(),
    day: Type.String({ format: 'date', description: 'Today in UTC.' }),
    resetsAt: Type.String({ format: 'date-time', description: 'When the quota of the day is whole again.' }),
    used: Type.Object({
      constraints: Type.Integer({
        description: 'Constraints of proofs asked for today; those of failed ones are given back.',
      }),
      proofs: Type.Integer({ description: 'Proofs asked for today, without failed ones.' }),
      openJobs: Type.Integer({ description: 'Jobs that wait or are in work.' }),
    }),
    limits: Type.Object({
      constraintsPerDay: limit('Constraints that may be proven in a day.'),
      openJobs: limit('Jobs that may be open at once.'),
      requestsPerMinute: limit('Requests in a minute, to each process.'),
    }),
  },
  {
    examples: [
      {
        tenant: 'acme',
        day: '2026-11-21',
        resetsAt: '2026-11-22T00:00:00.000Z',
        used: { constraints: 1_208_400, proofs: 53, openJobs: 2 },
        limits: { constraintsPerDay: 100_000_000, openJobs: 20, requestsPerMinute: null },
      },
    ],
  },
)
