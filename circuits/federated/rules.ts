/** What a federation's rounds have in common: sizes, widths, and how numbers lie in field elements. */
import { keccak_256 } from '@noble/hashes/sha3'
import { ZkserveError } from '#circuits/errors.js'

/** Sizes and widths of a round; the circuit and the contract are made for them. */
export interface RoundRules {
  /** Members, and so slots of a round: 1 … 10. */
  readonly members: number
  /** Coordinates of the weights and of an update. */
  readonly size: number
  /** Bits of an update's lane. */
  readonly updateBits: number
  /** k: an update enters the average as the nearest integer of −2^k … 2^k − 1. */
  readonly clipBits: number
  /** Bits of a weight's lane: a weight is an integer of −2^(bits−1) … 2^(bits−1) − 1. */
  readonly weightBits: number
}

/** Numbers of one width, packed into field elements. */
export interface LaneLayout {
  readonly bits: number
  /** Lanes of a word, lowest first. */
  readonly perWord: number
  readonly words: number
  /** The number that lane 0 stands for. */
  readonly lowest: number
}

/** Whole bits that any field element can carry. */
const fieldBits = 253
const mostMembers = 10

/** Lanes of updates. The range is that of the clipping gadget: symmetric about −2^k. */
export function updateLayout({ size, updateBits, clipBits }: RoundRules): LaneLayout {
  return layout(size, updateBits, -(2 ** (updateBits - 1)) - 2 ** clipBits)
}

/** Lanes of weights. */
export function weightLayout({ size, weightBits }: RoundRules): LaneLayout {
  return layout(size, weightBits, -(2 ** (weightBits - 1)))
}

function layout(size: number, bits: number, lowest: number): LaneLayout {
  const perWord = Math.floor(fieldBits / bits)
  return { bits, perWord, words: Math.ceil(size / perWord), lowest }
}

/**
 * How many units of a weight make one unit of an update: the least common multiple of 1 … members, so that an average
 * of any number of updates is a whole number.
 */
export function unitsPerUpdate({ members }: Pick<RoundRules, 'members'>): number {
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))
  let multiple = 1
  for (let n = 2; n <= members; n++) multiple *= n / gcd(multiple, n)
  return multiple
}

/** @throws ZkserveError `INVALID_CIRCUIT` where a number is out of range or the circuit's sums could leave theirs */
export function checkRules(rules: RoundRules): void {
  const { members, size, updateBits, clipBits, weightBits } = rules
  const within = (name: string, value: number, least: number, most: number) => {
    if (Number.isInteger(value) && value >= least && value <= most) return
    const message = `wrong ${name}: expected ${least}..${most}, got ${value}`
    throw new ZkserveError('INVALID_CIRCUIT', message)
  }
  within('members', members, 1, mostMembers)
  within('size', size, 1, 4096)
  within('clipBits', clipBits, 1, 24)
  within('updateBits', updateBits, clipBits + 2, 32)
  within('weightBits', weightBits, clipBits + Math.ceil(Math.log2(unitsPerUpdate(rules))), 40)
}

/** Domain tag of a commitment to weights, 248 bits: no other rules have it. */
export function weightTag(rules: RoundRules): bigint {
  return tagOf('zkserve/federated/weights/1', rules)
}

/** Domain tag of a commitment to the update of a slot. The contract computes the same. */
export function updateTag(rules: RoundRules, slot: number): bigint {
  return tagOf('zkserve/federated/update/1', rules) + BigInt(slot)
}

/** keccak256(abi.encode(keccak256(domain), members, size, updateBits, clipBits, weightBits)) without its low byte. */
function tagOf(domain: string, { members, size, updateBits, clipBits, weightBits }: RoundRules): bigint {
  const bytes = new Uint8Array(6 * 32)
  bytes.set(keccak_256(new TextEncoder().encode(domain)))
  const view = new DataView(bytes.buffer)
  for (const [i, value] of [members, size, updateBits, clipBits, weightBits].entries()) {
    view.setUint32((i + 2) * 32 - 4, value)
  }
  return keccak_256(bytes)
    .slice(0, 31)
    .reduce((tag, byte) => tag * 256n + BigInt(byte), 0n)
}
