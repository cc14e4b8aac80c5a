import { createHash } from 'node:crypto'
import { ZkserveError } from '#circuits/errors.js'
import { baseModulus, fieldBytes } from '#prover/curve/bn254.js'
import { fromLittleEndian, toBigEndian } from '#prover/curve/bytes.js'
import { sharedEngine } from '#prover/curve/engine.js'
import { isInG2Subgroup, isOnG1, isOnTwist, plainCoordinates } from '#prover/curve/points.js'
import { g1Bytes, g2Bytes } from '#prover/key/zkey-format.js'

/** One step of a key's chain: δ was multiplied by a number that its maker then forgot, or by a public one. */
export interface Contribution {
  /** As its maker gave it; may be empty. */
  readonly name: string
  /** BLAKE2b-512 of its points and of all steps before, 128 hex digits: what contributors publish. */
  readonly hash: string
  /** For a beacon, whose number everybody can compute: the public random value and log2 of its iterations. */
  readonly beacon: Beacon | null
  /** δ·G1 after it, as a `.zkey` stores points. */
  readonly delta: Uint8Array
}

export interface Beacon {
  /** Hex digits. */
  readonly value: string
  /** SHA-256 is iterated 2^iterations times. */
  readonly iterations: number
}

/** What a key says of its making. */
export interface Chain {
  /** snarkjs' hash of the circuit's points under the powers of tau, BLAKE2b-512 as 128 hex digits. */
  readonly circuit: string
  readonly contributions: readonly Contribution[]
}

/** log2 of a beacon's iterations: snarkjs wants 10 at least; above 30 every verification would take hours. */
export const beaconIterations = { least: 10, most: 30 } as const
/** Bytes of a beacon's value; snarkjs takes up to 255. */
export const beaconBytes = { least: 16, most: 255 } as const
/** snarkjs cuts longer names. */
export const longestName = 64

const hashBytes = 64
const pointBytes = 3 * g1Bytes + g2Bytes
const maximumContributions = 10_000
const parameterType = { name: 1, iterations: 2, value: 3 } as const

/**
 * The contributions section of a `.zkey`, strictly: points on the curve and in their groups, which snarkjs does not
 * look at, and nothing left over. Whether steps follow from each other is for `verifyCeremony`.
 *
 * Format, as snarkjs 0.7 writes it: circuit hash (64 bytes), count; per step δ·G1, s·G1, s·x·G1, x·H(…) in G2,
 * transcript (64 bytes), type (1 for a beacon), length of parameters, parameters by rising type.
 *
 * @throws ZkserveError `INVALID_CEREMONY`
 */
export function parseContributions(section: Uint8Array): Chain {
  const reader = new Reader(section)
  const circuit = hex(reader.take(hashBytes))
  const count = reader.number()
  if (count > maximumContributions) throw invalid(`claims ${count} contributions`)
  const contributions = Array.from({ length: count }, () => readContribution(reader))
  if (!reader.atEnd()) throw invalid('has bytes after its last contribution')
  return { circuit, contributions }
}

function readContribution(reader: Reader): Contribution {
  const points = reader.take(pointBytes)
  const transcript = reader.take(hashBytes)
  const type = reader.number()
  const parameters = readParameters(new Reader(reader.take(reader.number())))
  const { name = '', value, iterations } = parameters
  const isBeacon = value !== undefined && iterations !== undefined
  const isPlain = value === undefined && iterations === undefined
  if (!(type === 0 && isPlain) && !(type === 1 && isBeacon))
    throw invalid('has a contribution of no known kind')
  return {
    name,
    hash: createHash('blake2b512').update(uncompressed(points)).update(transcript).digest('hex'),
    beacon: isBeacon ? { value, iterations } : null,
    delta: points.subarray(0, g1Bytes),
  }
}

function readParameters(reader: Reader): { name?: string; value?: string; iterations?: number } {
  const parameters: { name?: string; value?: string; iterations?: number } = {}
  for (let last = 0; !reader.atEnd(); ) {
    const type = reader.byte()
    if (type <= last) throw invalid('has parameters out of order')
    last = type
    if (type === parameterType.name) parameters.name = readName(reader.take(reader.byte()))
    else if (type === parameterType.iterations) parameters.iterations = readIterations(reader.byte())
    else if (type === parameterType.value) parameters.value = readValue(reader.take(reader.byte()))
    else throw invalid(`has a parameter of unknown type ${type}`)
  }
  return parameters
}

/** Names come from strangers and go to terminals. */
function readName(bytes: Uint8Array): string {
  const name = new TextDecoder().decode(bytes)
  if (!isPrintable(name)) throw invalid('has a name with characters that cannot be printed')
  return name
}

/** Whether a text has neither control characters and line ends nor marks that turn the direction of text. */
export function isPrintable(text: string): boolean {
  return !/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(text)
}

function readIterations(iterations: number): number {
  const { least, most } = beaconIterations
  if (iterations >= least && iterations <= most) return iterations
  throw invalid(`has a beacon of 2^${iterations} iterations, expected 2^${least} to 2^${most}`)
}

function readValue(bytes: Uint8Array): string {
  if (bytes.length < beaconBytes.least) throw invalid(`has a beacon of only ${bytes.length} bytes`)
  return hex(bytes)
}

/** The points as snarkjs hashes them: most significant byte first, the higher half of an element of F_q² first. */
function uncompressed(points: Uint8Array): Uint8Array {
  const coordinates: bigint[] = []
  for (let at = 0; at < 3 * g1Bytes; at += g1Bytes) {
    const [x, y] = coordinatesOf(points.subarray(at, at + g1Bytes)) as [bigint, bigint]
    if (!isOnG1([x, y])) throw invalid('has a contribution with a point off the curve')
    coordinates.push(x, y)
  }
  const [x0, x1, y0, y1] = coordinatesOf(points.subarray(3 * g1Bytes)) as [bigint, bigint, bigint, bigint]
  const point = [
    [x0, x1],
    [y0, y1],
  ] as const
  if (!isOnTwist(point) || !isInG2Subgroup(sharedEngine(), point)) {
    throw invalid('has a contribution with a point outside of G2')
  }
  coordinates.push(x1, x0, y1, y0)
  return Buffer.concat(coordinates.map((coordinate) => toBigEndian(coordinate)))
}

/** Infinity, all zero, is on neither curve. */
function coordinatesOf(bytes: Uint8Array): bigint[] {
  for (let at = 0; at < bytes.length; at += fieldBytes) {
    if (fromLittleEndian(bytes, at) >= baseModulus) throw invalid('has a coordinate that is not below q')
  }
  return plainCoordinates(sharedEngine(), bytes)
}

class Reader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#at) throw invalid('ends inside a contribution')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  byte(): number {
    return this.take(1)[0]!
  }

  /** 32 bits, least significant byte first. */
  number(): number {
    const bytes = this.take(4)
    return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  }

  atEnd(): boolean {
    return this.#at === this.#bytes.length
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function invalid(what: string): ZkserveError {
  return new ZkserveError('INVALID_CEREMONY', `the key ${what}`)
}
