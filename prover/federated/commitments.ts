import { packLanes, toLanes } from '#circuits/federated/lanes.js'
import {
  type LaneLayout,
  type RoundRules,
  updateLayout,
  updateTag,
  weightLayout,
  weightTag,
} from '#circuits/federated/rules.js'
import { loadPoseidon } from '#prover/inference/poseidon.js'

/** Elements that one permutation absorbs, as in circuits/lib/federated.circom. */
const absorbed = 5

/** What a commitment to an update hides, as the contract takes it. */
export interface UpdateOpening {
  /** A field element, uniform. */
  readonly salt: bigint
  /** The packed update. */
  readonly words: readonly bigint[]
}

/** Weights, and what blinds the commitment to them. */
export interface CommittedWeights {
  readonly weights: readonly number[]
  readonly salt: bigint
}

/** The opening of a commitment to an update. @throws ZkserveError `INVALID_INPUT` where an integer is out of range */
export function openingOf(rules: RoundRules, update: readonly number[], salt: bigint): UpdateOpening {
  return { salt, words: pack(updateLayout(rules), update) }
}

/**
 * The commitment to an update, in a member's slot and for the weights that it was made from.
 *
 * @param base the commitment to these weights
 */
export function commitUpdate(
  rules: RoundRules,
  slot: number,
  base: bigint,
  { salt, words }: UpdateOpening,
): Promise<bigint> {
  return chain([updateTag(rules, slot), base, salt, ...words])
}

/** The commitment to weights. @throws ZkserveError `INVALID_INPUT` where an integer is out of range */
export function commitWeights(rules: RoundRules, { weights, salt }: CommittedWeights): Promise<bigint> {
  return chain([weightTag(rules), salt, ...pack(weightLayout(rules), weights)])
}

function pack(layout: LaneLayout, values: readonly number[]): bigint[] {
  return packLanes(layout, toLanes(layout, values))
}

/** The first permutation absorbs five elements, each further one the digest before it and four; zeros fill the last. */
async function chain(elements: readonly bigint[]): Promise<bigint> {
  const poseidon = await loadPoseidon()
  const filled = (block: readonly bigint[]) =>
    [...block, ...Array<bigint>(absorbed).fill(0n)].slice(0, absorbed)
  let digest = poseidon(filled(elements.slice(0, absorbed)))
  for (let first = absorbed; first < elements.length; first += absorbed - 1) {
    const block = elements.slice(first, first + absorbed - 1)
    digest = poseidon(filled([poseidon.F.toObject(digest), ...block]))
  }
  return poseidon.F.toObject(digest)
}
