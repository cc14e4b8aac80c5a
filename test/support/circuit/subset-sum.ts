import type { PrimeField } from './field.js'
import type { Linear } from './linear.js'

/** A choice of bits for the wires of a form. */
export type BitChoice = ReadonlyMap<number, bigint>

export interface BitChoices {
  readonly choices: readonly BitChoice[]
  /** Whether these are all of them. */
  readonly complete: boolean
}

/** Nodes visited before the enumeration is given up: far more than powers of two ever need. */
const nodeLimit = 2_000

/**
 * All bits that make the form 0 modulo the field. A decomposition of x has one choice, or several where its bits
 * reach over the modulus: then the choices are the bits of x, x + p, x + 2p, …
 */
export function subsetSums(field: PrimeField, form: Linear, limit: number): BitChoices {
  const { weights, target } = smallWeights(field, form)
  const largestFirst = [...weights].sort(([, a], [, b]) => (magnitude(b) > magnitude(a) ? 1 : -1))
  const least: bigint[] = [0n]
  const most: bigint[] = [0n]
  for (const [, weight] of [...largestFirst].reverse()) {
    least.unshift(least[0]! + (weight < 0n ? weight : 0n))
    most.unshift(most[0]! + (weight > 0n ? weight : 0n))
  }
  const choices: BitChoice[] = []
  const bits: bigint[] = []
  let nodes = 0
  const visit = (rest: bigint): void => {
    if (choices.length >= limit || nodes++ >= nodeLimit) return
    const depth = bits.length
    if (rest < least[depth]! || rest > most[depth]!) return
    if (depth === largestFirst.length) {
      choices.push(new Map(largestFirst.map(([wire], i) => [wire, bits[i]!])))
      return
    }
    for (const bit of [0n, 1n]) {
      bits.push(bit)
      visit(rest - bit * largestFirst[depth]![1])
      bits.pop()
    }
  }
  let sum = target + ((least[0]! - target) / field.modulus) * field.modulus
  if (sum < least[0]!) sum += field.modulus
  for (; sum <= most[0]! && choices.length < limit && nodes < nodeLimit; sum += field.modulus) visit(sum)
  return { choices, complete: choices.length < limit && nodes < nodeLimit }
}

/** The form as Σ weight·bit = target, scaled so that the weights are as small as possible. */
function smallWeights(field: PrimeField, form: Linear) {
  const scaled = (factor: bigint) =>
    form.terms.map(([wire, coefficient]) => [wire, field.centred(factor * coefficient)] as const)
  const size = (weights: readonly (readonly [number, bigint])[]) =>
    weights.reduce((sum, [, weight]) => sum + magnitude(weight), 0n)
  let factor = 1n
  let weights = scaled(factor)
  for (const [, coefficient] of size(weights) < field.modulus ? [] : form.terms) {
    const inverse = field.inverse(coefficient)
    const candidate = scaled(inverse)
    if (size(candidate) < size(weights)) [factor, weights] = [inverse, candidate]
  }
  return { weights, target: field.reduce(-factor * form.constant) }
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value
}
