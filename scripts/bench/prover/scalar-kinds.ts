import { fieldBytes, scalarModulus } from '#prover/curve/bn254.js'
import { fromLittleEndian } from '#prover/curve/bytes.js'

/** How many scalars there are of each kind; a scalar s above r/2 counts as r − s. */
export interface ScalarKinds {
  readonly zeros: number
  readonly ones: number
  /** All others: how many by their length in bits. */
  readonly others: Readonly<Record<number, number>>
}

const half = scalarModulus >> 1n

/**
 * @param scalars 32 bytes each, least significant first
 * @param counts whether a scalar counts, by index; one at a neutral point does not
 */
export function scalarKinds(
  scalars: Uint8Array,
  counts: (index: number) => boolean = () => true,
): ScalarKinds {
  const total = { zeros: 0, ones: 0 }
  const others: Record<number, number> = {}
  for (let index = 0; index < scalars.length / fieldBytes; index++) {
    if (!counts(index)) continue
    const value = fromLittleEndian(scalars, index * fieldBytes)
    const magnitude = value > half ? scalarModulus - value : value
    if (magnitude === 0n) total.zeros++
    else if (magnitude === 1n) total.ones++
    else {
      const bits = magnitude.toString(2).length
      others[bits] = (others[bits] ?? 0) + 1
    }
  }
  return { ...total, others }
}
