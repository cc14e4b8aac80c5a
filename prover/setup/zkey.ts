import { createHash } from 'node:crypto'
import { baseModulus, fieldBytes, scalarModulus } from '#prover/curve/bn254.js'
import { toLittleEndian } from '#prover/curve/bytes.js'
import type { CurveEngine } from '#prover/curve/engine.js'
import type { QuotientPoints } from '#prover/key/quotient-points.js'
import {
  coefficientBytes,
  g1Bytes,
  g2Bytes,
  groth16Protocol,
  zkeyHeader,
  zkeySection,
} from '#prover/key/zkey-format.js'
import { layoutSections } from '#prover/r1cs/container.js'
import type { R1cs } from '#prover/r1cs/r1cs.js'
import type { KeyPoints } from '#prover/setup/key-points.js'
import { leadingG1, leadingG2 } from '#prover/setup/key-scalars.js'
import { coefficientCount, writeCoefficients } from '#prover/setup/zkey-coefficients.js'

const circuitHashBytes = 64

/**
 * A `.zkey` as snarkjs 0.7 writes it, with no contributions.
 *
 * The circuit hash is BLAKE2b-512 over the sections 2 to 9. snarkjs' own is over points of the powers of tau,
 * which do not exist here; so `snarkjs zkey verify` does not apply to such a key.
 */
export function writeZkey(
  engine: CurveEngine,
  r1cs: R1cs,
  domainSize: number,
  points: KeyPoints,
): Uint8Array<ArrayBuffer> {
  const { wireCount, publicCount } = r1cs
  const publicPoints = publicCount + 1
  const { bytes, sections } = layoutSections('zkey', 1, [
    [zkeySection.protocol, 4],
    [zkeySection.header, zkeyHeader.length],
    [zkeySection.publicPoints, publicPoints * g1Bytes],
    [zkeySection.coefficients, 4 + coefficientCount(r1cs) * coefficientBytes],
    [zkeySection.a, wireCount * g1Bytes],
    [zkeySection.b1, wireCount * g1Bytes],
    [zkeySection.b2, wireCount * g2Bytes],
    [zkeySection.c, (wireCount - publicPoints) * g1Bytes],
    [zkeySection.h, domainSize * g1Bytes],
    [zkeySection.contributions, circuitHashBytes + 4],
  ])
  const section = (type: number): Uint8Array<ArrayBuffer> => sections.get(type)!
  section(zkeySection.protocol)[0] = groth16Protocol
  writeHeader(engine, section(zkeySection.header), r1cs, domainSize, points)
  writeCoefficients(engine, r1cs, section(zkeySection.coefficients))

  let taken = leadingG1
  const take = (count: number): Uint8Array => {
    const start = taken * g1Bytes
    taken += count
    return points.g1.subarray(start, taken * g1Bytes)
  }
  section(zkeySection.a).set(take(wireCount))
  section(zkeySection.b1).set(take(wireCount))
  section(zkeySection.publicPoints).set(take(publicPoints))
  section(zkeySection.c).set(take(wireCount - publicPoints))
  section(zkeySection.h).set(take(domainSize))
  section(zkeySection.b2).set(points.g2.subarray(leadingG2 * g2Bytes, (leadingG2 + wireCount) * g2Bytes))

  const hash = createHash('blake2b512')
  for (let type = zkeySection.header; type <= zkeySection.h; type++) hash.update(section(type))
  section(zkeySection.contributions).set(hash.digest())
  return bytes
}

/** The quotient points among the key's: they follow H. */
export function quotientPointsOf(
  { wireCount, publicCount }: R1cs,
  domainSize: number,
  { g1 }: KeyPoints,
): QuotientPoints {
  const first = (leadingG1 + 3 * wireCount + domainSize) * g1Bytes
  return { publicCount, wireCount, domainSize, points: g1.subarray(first, first + wireCount * g1Bytes) }
}

function writeHeader(
  engine: CurveEngine,
  header: Uint8Array,
  { wireCount, publicCount }: R1cs,
  domainSize: number,
  { g1, g2 }: KeyPoints,
): void {
  const view = new DataView(header.buffer, header.byteOffset, header.length)
  view.setUint32(zkeyHeader.baseFieldBytes, fieldBytes, true)
  header.set(toLittleEndian(baseModulus), zkeyHeader.baseModulus)
  view.setUint32(zkeyHeader.scalarFieldBytes, fieldBytes, true)
  header.set(toLittleEndian(scalarModulus), zkeyHeader.scalarModulus)
  view.setUint32(zkeyHeader.wireCount, wireCount, true)
  view.setUint32(zkeyHeader.publicCount, publicCount, true)
  view.setUint32(zkeyHeader.domainSize, domainSize, true)
  const g1Point = (index: number): Uint8Array => g1.subarray(index * g1Bytes, (index + 1) * g1Bytes)
  const g2Point = (index: number): Uint8Array => g2.subarray(index * g2Bytes, (index + 1) * g2Bytes)
  header.set(g1Point(0), zkeyHeader.alpha1)
  header.set(g1Point(1), zkeyHeader.beta1)
  header.set(g1Point(2), zkeyHeader.delta1)
  header.set(g2Point(0), zkeyHeader.beta2)
  header.set(g2Point(1), zkeyHeader.delta2)
  header.set(engine.bytes(engine.g2Generator, g2Bytes), zkeyHeader.gamma2)
}
