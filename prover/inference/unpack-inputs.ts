import { packedInputs } from '#circuits/analyse/commitment.js'
import type { FloatTensor } from '#circuits/graph/graph.js'
import { quantiseInputs } from '#circuits/qmodel/inputs.js'
import { ofElement } from '#circuits/qmodel/qmodel.js'
import { type CommittedInputs, packInputs } from '#prover/inference/pack-inputs.js'

/**
 * Real inputs from packed field elements, as anyone reads them off a chain: such as quantise to the same integers, and
 * so pack to the same words.
 *
 * @returns null where the words are no model's input: too few or many, or with lanes out of range
 */
export function unpackInputs(
  model: CommittedInputs,
  words: readonly bigint[],
): ReadonlyMap<string, FloatTensor> | null {
  const packing = packedInputs(model)
  if (words.length !== packing.reduce((sum, part) => sum + part.words, 0)) return null
  let first = 0
  const inputs = new Map(
    packing.map(({ bits, lanes, words: own, count }, k) => {
      const input = model.inputs[k]!
      const mask = (1n << BigInt(bits)) - 1n
      const data = Float32Array.from({ length: count }, (_, i) => {
        const word = words[first + Math.floor(i / lanes)]!
        const lane = Number((word >> BigInt(bits * (i % lanes))) & mask)
        return (lane + ofElement(input.lows, i)) * ofElement(input.scales, i)
      })
      first += own
      return [input.name, { shape: input.shape, data }] as const
    }),
  )
  const again = packInputs(model, quantiseInputs(model, inputs).integers)
  return again.every((word, i) => word === words[i]) ? inputs : null
}
