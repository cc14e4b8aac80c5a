import { ZkserveError } from '#circuits/errors.js'
import { fieldBytes } from '#prover/curve/bn254.js'
import { fromLittleEndian } from '#prover/curve/bytes.js'
import type { Groth16Proof } from '#prover/groth16.js'
import { readWitness } from '#prover/r1cs/witness.js'

/** The values of a `.wtns`, {@link fieldBytes} each. @throws ZkserveError `PROVING_FAILED` */
export function witnessValues(witness: Uint8Array): Uint8Array {
  try {
    return readWitness(witness)
  } catch (cause) {
    throw new ZkserveError('PROVING_FAILED', 'the witness is malformed', { cause })
  }
}

/** @throws ZkserveError `PROVING_FAILED` if a key wants another number of values */
export function checkWitnessLength(values: Uint8Array, wanted: number): void {
  const count = values.length / fieldBytes
  if (count === wanted) return
  throw new ZkserveError('PROVING_FAILED', `the witness has ${count} values, the key wants ${wanted}`)
}

/** @throws ZkserveError `CANCELLED` */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new ZkserveError('CANCELLED', 'proving was cancelled')
}

/** The public signals at the head of a witness' values, decimal. */
export function publicSignalsOf(values: Uint8Array, count: number): string[] {
  return Array.from({ length: count }, (_, i) => numberAt(values, i + 1))
}

/** A proof from A.x, A.y, B.x (2), B.y (2), C.x, C.y: 32 bytes each, least significant first. */
export function proofOf(bytes: Uint8Array): Groth16Proof {
  const [ax, ay, bx0, bx1, by0, by1, cx, cy] = Array.from({ length: 8 }, (_, i) => numberAt(bytes, i))
  return {
    pi_a: [ax!, ay!, '1'],
    pi_b: [
      [bx0!, bx1!],
      [by0!, by1!],
      ['1', '0'],
    ],
    pi_c: [cx!, cy!, '1'],
    protocol: 'groth16',
    curve: 'bn128',
  }
}

function numberAt(bytes: Uint8Array, index: number): string {
  return fromLittleEndian(bytes.subarray(index * fieldBytes, (index + 1) * fieldBytes)).toString()
}
