/**
 * The input commitment: inputs as unsigned lanes packed into field elements, absorbed with a salt by a Poseidon
 * chain. Each permutation overwrites all of its state but the first element, which it takes from the permutation
 * before; the first one starts from a domain tag that fixes names, shapes, widths and scales of the inputs.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { sizeOf } from '#circuits/graph/graph.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'

/** Whole bits that any field element can carry. */
const fieldBits = 253
/** Partial rounds of circomlib's Poseidon by state width 2 … 17 (Poseidon paper, table 7; x^5, BN254). */
const partialRounds = [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68]
export const fullRounds = 8
const maxAbsorbed = 16

/** How one input is packed: `words` field elements of up to `lanes` values, `bits` bits each, lowest first. */
export interface PackedInput {
  readonly bits: number
  readonly lanes: number
  readonly words: number
  readonly count: number
}

export function packedInputs(model: Pick<QModel, 'inputs'>): PackedInput[] {
  return model.inputs.map(({ bits, shape }) => {
    const lanes = Math.floor(fieldBits / bits)
    const count = sizeOf(shape)
    return { bits, lanes, words: Math.ceil(count / lanes), count }
  })
}

/** Field elements that hold all inputs. */
export function packedWords(model: QModel): number {
  return packedInputs(model).reduce((sum, { words }) => sum + words, 0)
}

/** Partial rounds of the permutation that absorbs so many elements, 1 … 16. */
export function partialRoundsOf(absorbed: number): number {
  return partialRounds[absorbed - 1]!
}

/** Constraints of a Poseidon permutation that absorbs `absorbed` elements; three per S-box. */
export function permutationCost(absorbed: number): number {
  return 3 * (fullRounds * (absorbed + 1) + partialRoundsOf(absorbed))
}

/** Sizes of the blocks that absorb `elements` field elements at the least cost, largest first. */
export function commitmentBlocks(elements: number): number[] {
  const best: { cost: number; block: number }[] = [{ cost: 0, block: 0 }]
  for (let n = 1; n <= elements; n++) {
    let choice = { cost: Number.POSITIVE_INFINITY, block: 0 }
    for (let block = 1; block <= Math.min(maxAbsorbed, n); block++) {
      const cost = best[n - block]!.cost + permutationCost(block)
      if (cost < choice.cost) choice = { cost, block }
    }
    best.push(choice)
  }
  const blocks: number[] = []
  for (let rest = elements; rest > 0; rest -= best[rest]!.block) blocks.push(best[rest]!.block)
  return blocks.sort((a, b) => b - a)
}

/** Constraints of the whole commitment: one sum per block's digest; the tag's first S-box is a constant. */
export function commitmentCost(elements: number): number {
  return chainCost(commitmentBlocks(elements))
}

export function chainCost(blocks: readonly number[]): number {
  return blocks.reduce((sum, block) => sum + permutationCost(block) + 1, 0) - 3
}

/** A chain of permutations: how many elements each absorbs, and the state that the first starts from. */
export interface Chain {
  readonly blocks: readonly number[]
  readonly tag: bigint
}

/** The chain that commits to a model's inputs. */
export function inputChain(model: Pick<QModel, 'inputs'>): Chain {
  const words = packedInputs(model).reduce((sum, { words }) => sum + words, 0)
  return { blocks: commitmentBlocks(words + 1), tag: domainTag(model) }
}

/** The domain tag, a field element of 248 bits. */
export function domainTag(model: Pick<QModel, 'inputs'>): bigint {
  return tagOf('zkserve/input/2', model)
}

/** The tag of what else is committed to as inputs are. */
export function tagOf(domain: string, model: Pick<QModel, 'inputs'>): bigint {
  const described = model.inputs.map(({ name, shape, bits, lows, scales }) => ({
    name,
    shape,
    bits,
    lows,
    scales,
  }))
  const digest = sha256(new TextEncoder().encode(JSON.stringify({ domain, inputs: described })))
  return digest.slice(0, 31).reduce((value, byte) => value * 256n + BigInt(byte), 0n)
}
