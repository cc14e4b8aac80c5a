import { randomBytes } from 'node:crypto'
import { powersOfTau, zKey } from 'snarkjs'
import { enterCurve, leaveCurve, withCurve } from '#prover/backends/snarkjs-curve.js'

/** A long computation of snarkjs on files; `powers` is a `.ptau` file. */
export type SnarkjsJob =
  | { readonly kind: 'verifyPowers'; readonly powers: string }
  | { readonly kind: 'preparePowers'; readonly powers: string; readonly to: string }
  | { readonly kind: 'newKey'; readonly r1cs: string; readonly powers: string; readonly to: string }
  | { readonly kind: 'contribute'; readonly key: string; readonly to: string; readonly name: string }
  | {
      readonly kind: 'beacon'
      readonly key: string
      readonly to: string
      readonly name: string
      /** Hex digits. */
      readonly value: string
      readonly iterations: number
    }
  | { readonly kind: 'verifyKey'; readonly r1cs: string; readonly powers: string; readonly key: string }

export interface JobResult {
  readonly holds: boolean
  /** What snarkjs said was wrong. */
  readonly faults: readonly string[]
}

/**
 * Runs a job in this thread, with snarkjs' own threads beside it, which are ended afterwards.
 *
 * @param onLine gets the lines that snarkjs logs
 */
export async function runJob(job: SnarkjsJob, onLine: (line: string) => void): Promise<JobResult> {
  const faults: string[] = []
  const logger = {
    debug: onLine,
    info: onLine,
    warn: onLine,
    error: (line: string) => {
      faults.push(line)
    },
  }
  enterCurve()
  try {
    const outcome = await withCurve(false, () => start(job, logger))
    // Where it refuses, snarkjs returns false or -1; else true, a hash, or nothing.
    return { holds: outcome !== false && outcome !== -1, faults }
  } finally {
    await leaveCurve()
  }
}

function start(job: SnarkjsJob, logger: object): Promise<unknown> {
  switch (job.kind) {
    case 'verifyPowers':
      return powersOfTau.verify(job.powers, logger)
    case 'preparePowers':
      return powersOfTau.preparePhase2(job.powers, job.to, logger)
    case 'newKey':
      return zKey.newZKey(job.r1cs, job.powers, job.to, logger)
    case 'contribute':
      // snarkjs mixes this with randomness of the operating system that it draws itself.
      return zKey.contribute(job.key, job.to, job.name, randomBytes(64).toString('hex'), logger)
    case 'beacon':
      return zKey.beacon(job.key, job.to, job.name, job.value, job.iterations, logger)
    case 'verifyKey':
      return zKey.verifyFromR1cs(job.r1cs, job.powers, job.key, logger)
  }
}
