import { fieldBytes, scalarModulus } from '#prover/curve/bn254.js'
import { fromLittleEndian } from '#prover/curve/bytes.js'

/** How many scalars there are of each kind; a scalar s above r/2 counts as r − s. */
export interface ScalarKinds {
  readonly zeros: number
  readonly ones: number
  /** All others. */
  readonly others: number
  /** Of the largest of the others, in bits; 0 where there are none. */
  readonly bits: number
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
  const total = { zeros: 0, ones: 0, others: 0, bits: 0 }
  for (let index = 0; index < scalars.length / fieldBytes; index++) {
    if (!counts(index)) continue
    const value = fromLittleEndian(scalars, index * fieldBytes)
    const magnitude = value > half ? scalarModulus - value : value
    if (magnitude === 0n) total.zeros++
    else if (magnitude === 1n) total.ones++
    else {
      total.others++
      total.bits = Math.max(total.bits, magnitude.toString(2).length)
    }
  }
  return total
}
