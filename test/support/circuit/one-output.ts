import { expect } from 'vitest'
import { type Batch, honestClaims, type Instance } from './batch.js'
import { type Claim, mutateAndRepair, searchForgery } from './forge.js'

/**
 * Expects of each part of a batch, on at least twenty claims, that its output is the interpreter's, or that it has no
 * witness where there is none; that no second output has one; and that no changed witness can be repaired.
 *
 * @param mutated the claims of a part whose witnesses are changed; all by default
 */
export async function expectOneOutput(
  batch: Batch,
  instances: readonly Instance[],
  mutated: (claims: readonly Claim[]) => readonly Claim[] = (claims) => claims,
): Promise<void> {
  const claims = await honestClaims(batch, instances)
  batch.parts.forEach((part, k) => {
    const { widths } = instances[k]!
    expect(claims[k]!.length, part.name).toBeGreaterThanOrEqual(20)
    for (const claim of claims[k]!) {
      const honest = claim.honest && part.outputs.map((wire) => claim.honest![wire]!)
      expect(honest, `${part.name}: ${claim.inputs}`).toEqual(claim.expected)
      const report = searchForgery(part, claim, widths)
      expect(report, `${part.name}: ${claim.inputs}`).toMatchObject({ forged: null, proven: true })
    }
    for (const claim of mutated(claims[k]!)) expect(mutateAndRepair(part, claim, widths)).toBeNull()
  })
}
