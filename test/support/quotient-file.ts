import { baseModulus, fieldBytes, scalarModulus } from '#prover/curve/bn254.js'
import { toLittleEndian } from '#prover/curve/bytes.js'
import { add, G1, multiply, negate, type Point } from '#prover/native/reference/group.js'
import { readReferenceKey } from '#prover/native/reference/key.js'
import { toOddCoset } from '#prover/native/reference/transform.js'
import type { SmallCircuit } from './r1cs-writer.js'

/**
 * The points of the four-transform form, from the key alone: of wire s the point K_s of section 8 (none where s is
 * public) less Σ C_s(x_i)·H_i, with x_i the odd coset. What the prover of six transforms adds in H, these have in C.
 */
export function quotientFile(circuit: SmallCircuit, zkey: Uint8Array, zkeySha256: string): Uint8Array {
  const { publicCount, domainSize, c, h } = readReferenceKey(zkey)
  const bytes = new Uint8Array(64 + 64 * circuit.wireCount)
  bytes.set(new TextEncoder().encode('zkqp'))
  bytes.set(Buffer.from(zkeySha256, 'hex'), 8)
  const view = new DataView(bytes.buffer)
  view.setUint32(4, 1, true)
  for (const [i, count] of [publicCount, circuit.wireCount, domainSize].entries()) {
    view.setUint32(40 + 4 * i, count, true)
  }
  for (let wire = 0; wire < circuit.wireCount; wire++) {
    const column = new Array<bigint>(domainSize).fill(0n)
    for (const [row, [, , terms]] of circuit.constraints.entries()) {
      for (const [index, coefficient] of terms) if (index === wire) column[row]! += coefficient
    }
    const values = toOddCoset(
      column.map((value) => ((value % scalarModulus) + scalarModulus) % scalarModulus),
    )
    const folded = negate(G1, multiply(G1, h, values))
    const point = add(G1, wire > publicCount ? c[wire - publicCount - 1]! : null, folded)
    bytes.set(g1Bytes(point), 64 + 64 * wire)
  }
  return bytes
}

/** As a zkey has it: affine, Montgomery form with 2^256. */
function g1Bytes(point: Point<bigint>): Uint8Array {
  const bytes = new Uint8Array(2 * fieldBytes)
  for (const [i, coordinate] of (point ?? []).entries()) {
    bytes.set(toLittleEndian((coordinate << 256n) % baseModulus), i * fieldBytes)
  }
  return bytes
}
