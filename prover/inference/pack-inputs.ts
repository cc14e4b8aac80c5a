import { type Chain, inputChain, packedInputs } from '#circuits/analyse/commitment.js'
import { ofElement, type QModel } from '#circuits/qmodel/qmodel.js'

/** What the commitment takes of a model. */
export type CommittedInputs = Pick<QModel, 'inputs'>

/** The unsigned lanes of each input: integers minus the lower end of the range. */
export function inputLanes(model: CommittedInputs, integers: readonly Float64Array[]): number[][] {
  return model.inputs.map(({ lows }, k) => Array.from(integers[k]!, (value, i) => value - ofElement(lows, i)))
}

/** Inputs as packed field elements, lanes lowest first. */
export function packInputs(model: CommittedInputs, integers: readonly Float64Array[]): bigint[] {
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

/** What {@link packInputs} packed; bits beyond the lanes are left out. */
export function unpackInputs(model: CommittedInputs, words: readonly bigint[]): Float64Array[] {
  let first = 0
  return packedInputs(model).map(({ bits, lanes: perWord, words: count, count: values }, k) => {
    const own = words.slice(first, first + count)
    first += count
    const lane = (i: number) =>
      BigInt.asUintN(bits, own[Math.floor(i / perWord)]! >> BigInt(bits * (i % perWord)))
    const { lows } = model.inputs[k]!
    return Float64Array.from({ length: values }, (_, i) => Number(lane(i)) + ofElement(lows, i))
  })
}

/**
 * The chain of permutations that commits to integer inputs and a salt below the field's order.
 * @param start a field element as `permute` takes it
 * @param permute Poseidon's first output for elements absorbed into a state
 * @param chain that of a model's inputs by default; where it takes one element more, that is the salt again
 */
export function absorbInputs<State>(
  model: CommittedInputs,
  integers: readonly Float64Array[],
  salt: bigint,
  start: (tag: bigint) => State,
  permute: (absorbed: bigint[], state: State) => State,
  { blocks, tag }: Chain = inputChain(model),
): State {
  const words = [salt, ...packInputs(model, integers), salt]
  let state = start(tag)
  let absorbed = 0
  for (const block of blocks) {
    state = permute(words.slice(absorbed, absorbed + block), state)
    absorbed += block
  }
  return state
}
