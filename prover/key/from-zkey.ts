import { ZkserveError } from '#circuits/errors.js'
import { baseModulus, fieldBytes, scalarModulus } from '#prover/curve/bn254.js'
import { fromLittleEndian } from '#prover/curve/bytes.js'
import { type CurveEngine, sharedEngine } from '#prover/curve/engine.js'
import type { G1Point, G2Point, VerificationKey } from '#prover/groth16.js'
import {
  g1Bytes,
  g2Bytes,
  groth16Protocol,
  zkeyHeader,
  zkeyKind,
  zkeySection,
} from '#prover/key/zkey-format.js'
import { malformed, readSections, requiredSection } from '#prover/r1cs/container.js'

/** Sizes that a proving key is made for. */
export interface ZkeySizes {
  readonly wireCount: number
  readonly publicCount: number
  /** A power of two. */
  readonly domainSize: number
}

const infinityG1: G1Point = ['0', '1', '0']
const infinityG2: G2Point = [
  ['0', '0'],
  ['1', '0'],
  ['0', '0'],
]

/**
 * The sizes in a `.zkey`, checked against the lengths of its sections.
 *
 * @throws ZkserveError `INVALID_KEY` if the file is no complete Groth16 key over BN254
 */
export function readZkeySizes(zkey: Uint8Array): ZkeySizes {
  return readHeader(readSections(zkey, zkeyKind)).sizes
}

/**
 * The verifying key inside a `.zkey`, as `snarkjs zkey export verificationkey` writes it.
 *
 * The points are taken as they stand: `lintVerificationKey` judges them.
 *
 * @throws ZkserveError `INVALID_KEY` if the file is no complete Groth16 key over BN254
 */
export function verificationKeyFromZkey(zkey: Uint8Array): VerificationKey {
  const sections = readSections(zkey, zkeyKind)
  const { header, sizes } = readHeader(sections)
  return verificationKeyOf(sizes, header, requiredSection(sections, zkeySection.publicPoints, zkeyKind))
}

/**
 * The verifying key of a `.zkey` from two of its sections.
 *
 * @param header of the length that {@link checkSizes} asks for
 * @param publicPoints `publicCount + 1` points
 */
export function verificationKeyOf(
  sizes: ZkeySizes,
  header: Uint8Array,
  publicPoints: Uint8Array,
): VerificationKey {
  const engine = sharedEngine()
  const mark = engine.mark()
  const g1 = (bytes: Uint8Array, offset: number): G1Point => {
    const [x, y] = decimals(engine, bytes.subarray(offset, offset + g1Bytes))
    return x === '0' && y === '0' ? infinityG1 : [x!, y!, '1']
  }
  const g2 = (offset: number): G2Point => {
    const coordinates = decimals(engine, header.subarray(offset, offset + g2Bytes))
    if (coordinates.every((value) => value === '0')) return infinityG2
    const [x0, x1, y0, y1] = coordinates
    return [
      [x0!, x1!],
      [y0!, y1!],
      ['1', '0'],
    ]
  }
  const key: VerificationKey = {
    protocol: 'groth16',
    curve: 'bn128',
    nPublic: sizes.publicCount,
    vk_alpha_1: g1(header, zkeyHeader.alpha1),
    vk_beta_2: g2(zkeyHeader.beta2),
    vk_gamma_2: g2(zkeyHeader.gamma2),
    vk_delta_2: g2(zkeyHeader.delta2),
    vk_alphabeta_12: alphaBeta(engine, header),
    IC: Array.from({ length: sizes.publicCount + 1 }, (_, index) => g1(publicPoints, index * g1Bytes)),
  }
  engine.release(mark)
  return key
}

function readHeader(sections: ReadonlyMap<number, Uint8Array>): { header: Uint8Array; sizes: ZkeySizes } {
  const protocol = requiredSection(sections, zkeySection.protocol, zkeyKind)
  const header = requiredSection(sections, zkeySection.header, zkeyKind)
  const sizes = checkSizes(protocol, header, (type) => requiredSection(sections, type, zkeyKind).length)
  return { header, sizes }
}

/**
 * The sizes that the first two sections of a `.zkey` give, checked against the lengths of the others.
 *
 * @throws ZkserveError `INVALID_KEY`
 */
export function checkSizes(
  protocol: Uint8Array,
  header: Uint8Array,
  lengthOf: (type: number) => number | undefined,
): ZkeySizes {
  if (protocol.length !== 4 || protocol.some((byte, index) => byte !== (index === 0 ? groth16Protocol : 0))) {
    throw new ZkserveError('INVALID_KEY', 'the proving key is not for Groth16')
  }
  if (header.length !== zkeyHeader.length) throw malformed(zkeyKind, `has a header of ${header.length} bytes`)
  const view = new DataView(header.buffer, header.byteOffset, header.length)
  const isOverBn254 =
    view.getUint32(zkeyHeader.baseFieldBytes, true) === fieldBytes &&
    view.getUint32(zkeyHeader.scalarFieldBytes, true) === fieldBytes &&
    fromLittleEndian(header, zkeyHeader.baseModulus) === baseModulus &&
    fromLittleEndian(header, zkeyHeader.scalarModulus) === scalarModulus
  if (!isOverBn254) throw malformed(zkeyKind, 'is not over BN254 (bn128)')
  const wireCount = view.getUint32(zkeyHeader.wireCount, true)
  const publicCount = view.getUint32(zkeyHeader.publicCount, true)
  const domainSize = view.getUint32(zkeyHeader.domainSize, true)
  const lengths = [
    [zkeySection.publicPoints, (publicCount + 1) * g1Bytes],
    [zkeySection.a, wireCount * g1Bytes],
    [zkeySection.b1, wireCount * g1Bytes],
    [zkeySection.b2, wireCount * g2Bytes],
    [zkeySection.c, (wireCount - publicCount - 1) * g1Bytes],
    [zkeySection.h, domainSize * g1Bytes],
  ] as const
  for (const [type, length] of lengths) {
    if (lengthOf(type) !== length) {
      throw malformed(zkeyKind, `has a section ${type} of another length than its header says`)
    }
  }
  return { wireCount, publicCount, domainSize }
}

/** e(α, β), which snarkjs keeps in the key; verification here does not use it. */
function alphaBeta(engine: CurveEngine, header: Uint8Array): unknown {
  const { f1m_one, f2m_one, bn128_pairing } = engine.operations
  const alpha = engine.reserve(g1Bytes + fieldBytes)
  engine.bytes(alpha, g1Bytes).set(header.subarray(zkeyHeader.alpha1, zkeyHeader.beta1))
  f1m_one(alpha + g1Bytes)
  const beta = engine.reserve(g2Bytes + 2 * fieldBytes)
  engine.bytes(beta, g2Bytes).set(header.subarray(zkeyHeader.beta2, zkeyHeader.gamma2))
  f2m_one(beta + g2Bytes)
  const target = engine.reserve(12 * fieldBytes)
  bn128_pairing(alpha, beta, target)
  const values = decimals(engine, engine.bytes(target, 12 * fieldBytes).slice())
  const pairs = Array.from({ length: 6 }, (_, index) => values.slice(2 * index, 2 * index + 2))
  return [pairs.slice(0, 3), pairs.slice(3)]
}

/** Elements of F_q in Montgomery form as decimal strings. */
function decimals(engine: CurveEngine, elements: Uint8Array): string[] {
  const count = elements.length / fieldBytes
  const address = engine.place(elements)
  return Array.from({ length: count }, (_, index) => {
    const at = address + index * fieldBytes
    engine.operations.f1m_fromMontgomery(at, at)
    return fromLittleEndian(engine.bytes(at, fieldBytes)).toString()
  })
}
