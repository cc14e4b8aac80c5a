import { ZkserveError } from '#circuits/errors.js'
import { sha256 } from '#prover/bundle/files.js'
import type { Beacon, Chain } from '#prover/ceremony/contributions.js'

/** Public powers of tau that a key was made from, known by hashes of their file; hex digits. */
export interface PowersOfTau {
  readonly sha256: string
  /** BLAKE2b-512, as lists of public powers of tau give it. */
  readonly blake2b: string
  readonly power: number
}

/** How a key of several parties was made, as a manifest records it. Hashes are hex digits. */
export interface Transcript {
  readonly powersOfTau: PowersOfTau
  /** snarkjs' hash of the circuit under the powers of tau. */
  readonly circuit: string
  /** In order; the last is the beacon. */
  readonly contributions: readonly TranscriptEntry[]
}

export interface TranscriptEntry {
  readonly name: string
  /** What the contributor published. */
  readonly hash: string
  readonly beacon: Beacon | null
}

/** The transcript of a key's chain. */
export function transcriptOf({ circuit, contributions }: Chain, powersOfTau: PowersOfTau): Transcript {
  const { sha256, blake2b, power } = powersOfTau
  return {
    powersOfTau: { sha256, blake2b, power },
    circuit,
    contributions: contributions.map(({ name, hash, beacon }) => ({ name, hash, beacon })),
  }
}

/** What the registry records of a transcript: SHA-256 of its JSON as {@link transcriptOf} orders it, without spaces. */
export function transcriptHash(transcript: Transcript): `0x${string}` {
  return `0x${sha256(new TextEncoder().encode(JSON.stringify(transcript)))}`
}

/**
 * Why a chain makes no key to use, however well its steps follow from each other; null where it does. δ is secret if
 * one contributor forgot his number: a beacon's is public, so a chain of beacons alone is worth nothing.
 */
export function faultOf({ contributions }: Chain): string | null {
  if (contributions.every(({ beacon }) => beacon !== null)) {
    return 'nobody has contributed to the key: anybody can forge proofs for it'
  }
  const early = contributions.slice(0, -1).some(({ beacon }) => beacon !== null)
  return early ? 'the key has a beacon that is not its last step' : null
}

/** Whether a chain has its beacon, after which nothing comes. */
export function isFinished({ contributions }: Chain): boolean {
  return contributions.at(-1)?.beacon != null
}

/** @throws ZkserveError `INVALID_CEREMONY` after a beacon */
export function refuseFinished(chain: Chain): void {
  if (isFinished(chain)) {
    throw new ZkserveError('INVALID_CEREMONY', 'the key has its beacon: the ceremony is over', {
      hints: ['Go on with `zkserve ceremony verify` and `export`.'],
    })
  }
}
