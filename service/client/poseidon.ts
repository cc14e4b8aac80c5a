import { Field } from '@noble/curves/abstract/modular'
import { grainGenConstants, poseidon } from '@noble/curves/abstract/poseidon'
import { fullRounds, partialRoundsOf } from '#circuits/analyse/commitment.js'
import { scalarModulus } from '#prover/curve/bn254.js'
import { absorbInputs, type CommittedInputs } from '#prover/inference/pack-inputs.js'

const field = Field(scalarModulus)

type Permutation = ReturnType<typeof poseidon>

/** circomlib's permutation of a state of `width` elements; its constants take some 30 ms to draw. */
function permutationOf(width: number): Permutation {
  const rounds = {
    Fp: field,
    t: width,
    roundsFull: fullRounds,
    roundsPartial: partialRoundsOf(width - 1),
    sboxPower: 5,
  }
  return poseidon({ ...rounds, ...grainGenConstants(rounds) })
}

/**
 * The commitment to integer inputs and a salt, as the circuit makes it, in plain JavaScript: for those who check
 * answers where circomlibjs does not run.
 */
export function commitInputs(
  model: CommittedInputs,
  integers: readonly Float64Array[],
  salt: bigint,
): bigint {
  const permutations = new Map<number, Permutation>()
  const permute = (absorbed: bigint[], state: bigint): bigint => {
    const width = absorbed.length + 1
    const permutation = permutations.get(width) ?? permutationOf(width)
    permutations.set(width, permutation)
    return permutation([state, ...absorbed])[0]!
  }
  return absorbInputs(model, integers, salt, (tag) => tag, permute)
}
