import { ZkserveError } from '#circuits/errors.js'
import type { LaneLayout } from '#circuits/federated/rules.js'

/** Unsigned lanes of integers. @throws ZkserveError `INVALID_INPUT` where one is out of range */
export function toLanes({ bits, lowest }: LaneLayout, values: readonly number[]): bigint[] {
  return values.map((value) => {
    const lane = value - lowest
    if (Number.isInteger(value) && lane >= 0 && lane < 2 ** bits) return BigInt(lane)
    const message = `wrong integer: expected ${lowest}..${lowest + 2 ** bits - 1}, got ${value}`
    throw new ZkserveError('INVALID_INPUT', message)
  })
}

/** Field elements that hold lanes, lowest first. */
export function packLanes({ bits, perWord, words }: LaneLayout, lanes: readonly bigint[]): bigint[] {
  return Array.from({ length: words }, (_, w) =>
    lanes
      .slice(w * perWord, (w + 1) * perWord)
      .reduceRight((word, lane) => (word << BigInt(bits)) + lane, 0n),
  )
}

/**
 * The integers in packed words.
 *
 * @param size how many there are
 * @returns null where a word holds more than its lanes: no update has such an opening
 */
export function unpackWords(layout: LaneLayout, size: number, words: readonly bigint[]): number[] | null {
  const { bits, perWord, lowest } = layout
  if (words.length !== layout.words) return null
  const values: number[] = []
  for (const [w, word] of words.entries()) {
    const lanes = Math.min(perWord, size - w * perWord)
    if (word < 0n || word >> BigInt(bits * lanes) !== 0n) return null
    for (let j = 0; j < lanes; j++) {
      values.push(Number((word >> BigInt(bits * j)) & ((1n << BigInt(bits)) - 1n)) + lowest)
    }
  }
  return values
}
