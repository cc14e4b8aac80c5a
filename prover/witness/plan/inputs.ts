import type { InputMode } from '#circuits/analyse/account.js'
import { packedInputs } from '#circuits/analyse/commitment.js'
import { committedWeights } from '#circuits/analyse/committed-weights.js'
import type { WeightMode } from '#circuits/analyse/weight-plan.js'
import { inputSignalNames } from '#circuits/emit/inputs.js'
import { bitLength, type QModel } from '#circuits/qmodel/qmodel.js'
import type { Range } from '#prover/witness/plan/bounds.js'

/** An input signal as the circuit declares it. */
export interface InputSignal {
  readonly name: string
  readonly isPublic: boolean
  /** Bounds of each element; null for elements of the field. */
  readonly ranges: readonly (Range | null)[]
  /** Elements that stand alone in an output, by index, and which one: circom makes one wire of the two. */
  readonly shown?: ReadonlyMap<number, number>
}

/** Bits by which the weights of later versions may exceed these; a witness of larger ones takes circom's calculator. */
const headroom = 2

/** The inputs of a model's circuit, in the order of their declarations. */
export function circuitInputs(model: QModel, mode: InputMode, weights: WeightMode): InputSignal[] {
  const packed = packedInputs(model)
  let words = 0
  const element = (name: string, isPublic: boolean) => ({ name, isPublic, ranges: [null] })
  return [
    ...inputSignalNames(model).map((name, k) => {
      const { bits, count, lanes: perWord, words: own } = packed[k]!
      const ranges = new Array<Range>(count).fill({ lo: 0, hi: 2 ** bits - 1 })
      const shown = new Map<number, number>()
      for (let word = 0; word < own; word++) {
        const first = word * perWord
        if (mode === 'public' && Math.min(perWord, count - first) === 1) shown.set(first, words + word)
      }
      words += own
      return { name, isPublic: false, ranges, shown }
    }),
    ...(mode === 'hashed' ? [element('salt', false)] : []),
    element('context', true),
    ...(weights === 'committed'
      ? [
          { name: 'weights', isPublic: true, ranges: Array.from(committedWeights(model), rangeOfWeight) },
          element('blinding', true),
        ]
      : []),
  ]
}

function rangeOfWeight(weight: number): Range {
  const hi = 2 ** (bitLength(Math.abs(weight)) + headroom)
  return { lo: -hi, hi }
}
