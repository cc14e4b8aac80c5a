import { randomBytes } from 'node:crypto'
import { commitmentBlocks, domainTag, packedInputs } from '#circuits/analyse/commitment.js'
import { ofElement, type QModel } from '#circuits/qmodel/qmodel.js'
import { scalarModulus } from '#prover/curve/bn254.js'
import { loadPoseidon } from '#prover/inference/poseidon.js'

/** A fresh salt, uniform in the field: without it, inputs of low entropy could be guessed from their commitment. */
export function drawSalt(): bigint {
  const wide = BigInt(`0x${randomBytes(48).toString('hex')}`)
  return wide % scalarModulus
}

/** The unsigned lanes of each input: integers minus the lower end of the range. */
export function inputLanes(model: QModel, integers: readonly Float64Array[]): number[][] {
  return model.inputs.map(({ lows }, k) => Array.from(integers[k]!, (value, i) => value - ofElement(lows, i)))
}

/** Inputs as packed field elements, lanes lowest first. */
export function packInputs(model: QModel, integers: readonly Float64Array[]): bigint[] {
  const lanes = inputLanes(model, integers)
  return packedInputs(model).flatMap(({ bits, lanes: perWord, words }, k) =>
    Array.from({ length: words }, (_, w) =>
      lanes[k]!.slice(w * perWord, (w + 1) * perWord).reduceRight(
        (word, lane) => (word << BigInt(bits)) + BigInt(lane),
        0n,
      ),
    ),
  )
}

/** The commitment that the circuit makes to integer inputs and a salt below the field's order. */
export async function commitInputs(
  model: QModel,
  integers: readonly Float64Array[],
  salt: bigint,
): Promise<bigint> {
  const hash = await loadPoseidon()
  const words = [salt, ...packInputs(model, integers)]
  let state = hash.F.e(domainTag(model))
  let absorbed = 0
  for (const block of commitmentBlocks(words.length)) {
    state = hash(words.slice(absorbed, absorbed + block), state)
    absorbed += block
  }
  return hash.F.toObject(state)
}
