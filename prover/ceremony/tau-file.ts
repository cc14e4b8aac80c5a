import { malformed, type SectionFile, withSectionFile } from '#prover/ceremony/section-file.js'
import { baseModulus, fieldBytes } from '#prover/curve/bn254.js'
import { fromLittleEndian } from '#prover/curve/bytes.js'
import { g1Bytes, g2Bytes } from '#prover/key/zkey-format.js'

/** What a powers-of-tau file says of itself. */
export interface TauFile {
  /** Circuits of up to 2^power rows fit it. */
  readonly power: number
  /** Contributions whose secret only their makers knew; beacons are not counted. */
  readonly contributions: number
  /** Whether the sections are there that phase 2 starts from. */
  readonly prepared: boolean
}

/** Section types of a `.ptau`: powers of τ, α·τ, β·τ; the same as Lagrange polynomials at τ, which phase 2 takes. */
const section = {
  header: 1,
  tauG1: 2,
  tauG2: 3,
  alphaTauG1: 4,
  betaTauG1: 5,
  betaG2: 6,
  contributions: 7,
  lagrangeTauG1: 12,
  lagrangeTauG2: 13,
  lagrangeAlphaTauG1: 14,
  lagrangeBetaTauG1: 15,
} as const

const headerLength = 4 + fieldBytes + 8
const largestPower = 28
const maximumContributions = 10_000
/** τ·G1, τ·G2, α·G1, β·G1, β·G2, the maker's points, a hash in the making, the next challenge. */
const contributionBytes = 3 * g1Bytes + 2 * g2Bytes + 6 * g1Bytes + 3 * g2Bytes + 216 + 64

/**
 * Reads a `.ptau` file's header and checks that its sections have the lengths that its power asks for. The points are
 * not looked at: that is snarkjs' part, which takes long.
 *
 * @throws ZkserveError `FILE_NOT_FOUND`, `INVALID_CEREMONY` for a file that is none, or without any contribution but
 *   beacons: then everybody knows τ, α and β
 */
export async function readTauFile(path: string): Promise<TauFile> {
  return withSectionFile(path, 'ptau', async (file) => {
    const power = await readPower(file)
    checkLengths(file, [
      [section.tauG1, (2 ** (power + 1) - 1) * g1Bytes],
      [section.tauG2, 2 ** power * g2Bytes],
      [section.alphaTauG1, 2 ** power * g1Bytes],
      [section.betaTauG1, 2 ** power * g1Bytes],
      [section.betaG2, g2Bytes],
    ])
    const prepared = file.lengthOf(section.lagrangeTauG1) !== undefined
    if (prepared) {
      checkLengths(file, [
        [section.lagrangeTauG1, (2 ** (power + 2) - 1) * g1Bytes],
        [section.lagrangeTauG2, (2 ** (power + 1) - 1) * g2Bytes],
        [section.lagrangeAlphaTauG1, (2 ** (power + 1) - 1) * g1Bytes],
        [section.lagrangeBetaTauG1, (2 ** (power + 1) - 1) * g1Bytes],
      ])
    }
    const contributions = countContributions(await file.read(section.contributions))
    if (contributions === 0) throw malformed('ptau', 'has no contribution: everybody knows its secrets')
    return { power, contributions, prepared }
  })
}

async function readPower(file: SectionFile): Promise<number> {
  const header = await file.read(section.header)
  if (header.length !== headerLength) throw malformed('ptau', `has a header of ${header.length} bytes`)
  const view = new DataView(header.buffer)
  if (view.getUint32(0, true) !== fieldBytes || fromLittleEndian(header, 4) !== baseModulus) {
    throw malformed('ptau', 'is not over BN254 (bn128)')
  }
  const power = view.getUint32(4 + fieldBytes, true)
  if (power < 1 || power > largestPower) throw malformed('ptau', `claims 2^${power} powers`)
  return power
}

function checkLengths(
  file: SectionFile,
  lengths: readonly (readonly [type: number, length: number])[],
): void {
  for (const [type, length] of lengths) {
    if (file.lengthOf(type) !== length) {
      throw malformed('ptau', `has a section ${type} of another length than its power asks for`)
    }
  }
}

function countContributions(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const truncated = () => malformed('ptau', 'ends inside a contribution')
  if (bytes.length < 4) throw truncated()
  const total = view.getUint32(0, true)
  if (total > maximumContributions) throw malformed('ptau', `claims ${total} contributions`)
  let plain = 0
  let at = 4
  for (let index = 0; index < total; index++) {
    at += contributionBytes
    if (bytes.length < at + 8) throw truncated()
    if (view.getUint32(at, true) === 0) plain++
    at += 8 + view.getUint32(at + 4, true)
  }
  if (at !== bytes.length) throw malformed('ptau', 'has bytes after its last contribution')
  return plain
}
