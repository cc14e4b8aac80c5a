import { ZkserveError } from '#circuits/errors.js'

/** How large the circuit of an upload may be. */
export interface ConstraintLimit {
  readonly constraints: number
  /** Who sets it, for the message: `the tenant`. */
  readonly whose: string
}

/** @throws ZkserveError `MODEL_TOO_LARGE` where an estimate exceeds the limit */
export function requireConstraints(estimate: number, { constraints: limit, whose }: ConstraintLimit): void {
  if (estimate <= limit) return
  throw new ZkserveError(
    'MODEL_TOO_LARGE',
    `the circuit would have about ${estimate} constraints, and ${whose} allows ${limit}`,
    {
      hints: ['Use a smaller model or fewer bits; `zkserve inspect` tells the layers that cost most.'],
      details: { constraints: estimate, limit },
    },
  )
}
