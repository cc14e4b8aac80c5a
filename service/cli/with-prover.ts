import { availableParallelism } from 'node:os'
import type { Backend } from '#prover/backends/backend-names.js'
import { createProver } from '#prover/backends/create-prover.js'
import type { Prover } from '#prover/prover.js'

/** Works with a prover that may use the whole machine. */
export async function withProver<Result>(
  backend: Backend,
  work: (prover: Prover) => Promise<Result>,
): Promise<Result> {
  const prover = createProver({ backend, threads: availableParallelism() })
  try {
    return await work(prover)
  } finally {
    await prover.close()
  }
}
