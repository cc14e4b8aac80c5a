import { checkWitness } from '#prover/r1cs/check.js'
import { type Batch, honestClaims, type Instance } from './batch.js'
import { type Claim, mutateAndRepair, searchForgery } from './forge.js'

/** A witness of a whole batch that satisfies every constraint and breaks a claim of one instance. */
export interface BatchForgery {
  readonly claim: Claim
  readonly outputs: readonly bigint[]
}

/**
 * The first forgery of each instance of a batch, or null. Each one found is put into the honest witness of the
 * batch and checked against circom's constraints.
 */
export async function forgeBatch(
  batch: Batch,
  instances: readonly Instance[],
): Promise<(BatchForgery | null)[]> {
  const claims = await honestClaims(batch, instances)
  const honest = new Array<bigint>(batch.circuit.r1cs.wireCount).fill(1n)
  batch.parts.forEach(({ wires }, k) => {
    const values = claims[k]!.find((claim) => claim.honest)!.honest!
    wires.forEach((wire, at) => {
      honest[wire] = values[at]!
    })
  })
  return batch.parts.map((part, k) => {
    for (const claim of claims[k]!) {
      const { widths } = instances[k]!
      const glance = searchForgery(part, claim, widths, 8)
      if (glance.proven) continue
      const forged =
        glance.forged ?? mutateAndRepair(part, claim, widths) ?? searchForgery(part, claim, widths).forged
      if (!forged) continue
      const witness = [...honest]
      part.wires.forEach((wire, at) => {
        witness[wire] = forged[at]!
      })
      const broken = checkWitness(batch.circuit.r1cs, witness)
      if (broken) throw new Error(`the forgery of ${part.name} breaks constraint ${broken.constraint}`)
      return { claim, outputs: part.outputs.map((wire) => forged[wire]!) }
    }
    return null
  })
}
