import { permutationCost } from '#circuits/analyse/commitment.js'
import { type RoundRules, updateLayout, weightLayout } from '#circuits/federated/rules.js'

/** Elements that one permutation of an opening absorbs. */
const absorbed = 5

/** Constraints of a round's circuit, exactly as circom reports them. */
export function roundConstraints(rules: RoundRules): number {
  const { members, size, updateBits, clipBits, weightBits } = rules
  const clip = updateBits + 1 + Math.min(3, updateBits - 2 - clipBits)
  const { words } = updateLayout(rules)
  const update = size * clip + openingConstraints(2 + words) + words + 2
  const before = size * weightBits
  // The product with the inverse, one bit more on either side of a weight's range, and what saturates.
  const after = size * (1 + weightBits + 4)
  const weights = 2 * openingConstraints(1 + weightLayout(rules).words)
  return members * update + before + after + weights + 2
}

/** Constraints of a commitment to so many elements beside its tag; the capacity's first S-box is a constant. */
function openingConstraints(elements: number): number {
  const blocks = elements < absorbed ? 1 : 1 + Math.ceil((elements + 1 - absorbed) / (absorbed - 1))
  return blocks * (permutationCost(absorbed) + 1 - 3)
}
