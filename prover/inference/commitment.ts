import { randomBytes } from 'node:crypto'
import { scalarModulus } from '#prover/curve/bn254.js'
import { absorbInputs, type CommittedInputs } from '#prover/inference/pack-inputs.js'
import { loadPoseidon } from '#prover/inference/poseidon.js'

/** A fresh salt, uniform in the field: without it, inputs of low entropy could be guessed from their commitment. */
export function drawSalt(): bigint {
  const wide = BigInt(`0x${randomBytes(48).toString('hex')}`)
  return wide % scalarModulus
}

/** The commitment that the circuit makes to integer inputs and a salt below the field's order. */
export async function commitInputs(
  model: CommittedInputs,
  integers: readonly Float64Array[],
  salt: bigint,
): Promise<bigint> {
  const hash = await loadPoseidon()
  const start = (tag: bigint) => hash.F.e(tag)
  return hash.F.toObject(absorbInputs(model, integers, salt, start, hash))
}
