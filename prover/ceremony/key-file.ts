import { type Chain, parseContributions } from '#prover/ceremony/contributions.js'
import { malformed, withSectionFile } from '#prover/ceremony/section-file.js'
import { g1Generator, g2Generator } from '#prover/curve/bn254.js'
import { sharedEngine } from '#prover/curve/engine.js'
import { affineG2At, placeG1, placeG2, plainCoordinates } from '#prover/curve/points.js'
import type { VerificationKey } from '#prover/groth16.js'
import { checkSizes, verificationKeyOf, type ZkeySizes } from '#prover/key/from-zkey.js'
import { g1Bytes, g2Bytes, zkeyHeader, zkeySection } from '#prover/key/zkey-format.js'

/** What a `.zkey` on disk says without its large sections. */
export interface KeyFile {
  readonly path: string
  readonly sizes: ZkeySizes
  readonly chain: Chain
  readonly verificationKey: VerificationKey
}

/**
 * Reads a proving key's sizes, verifying key and contributions: a few kilobytes, however large it is.
 *
 * @throws ZkserveError `FILE_NOT_FOUND`; `INVALID_CEREMONY`, `INVALID_KEY` for a file that is no key, or whose δ is
 *   not that of its last contribution
 */
export async function readKeyFile(path: string): Promise<KeyFile> {
  return withSectionFile(path, 'zkey', async (file) => {
    const [protocol, header] = [await file.read(zkeySection.protocol), await file.read(zkeySection.header)]
    const sizes = checkSizes(protocol, header, file.lengthOf)
    const chain = parseContributions(await file.read(zkeySection.contributions))
    const last = chain.contributions.at(-1)
    const delta = header.subarray(zkeyHeader.delta1, zkeyHeader.delta1 + g1Bytes)
    if (last !== undefined && Buffer.compare(last.delta, delta) !== 0) {
      throw malformed('zkey', 'has another δ than its last contribution')
    }
    if (!isSameDelta(header)) throw malformed('zkey', 'has different δ in G1 and G2')
    const publicPoints = await file.read(zkeySection.publicPoints)
    return { path, sizes, chain, verificationKey: verificationKeyOf(sizes, header, publicPoints) }
  })
}

/** e(δ1, G2) = e(G1, δ2): the δ of the contributions is that of the verifying key. */
function isSameDelta(header: Uint8Array): boolean {
  const engine = sharedEngine()
  const mark = engine.mark()
  const { delta1, delta2 } = zkeyHeader
  const [x, y] = plainCoordinates(engine, header.subarray(delta1, delta1 + g1Bytes))
  const first = placeG1(engine, [x!, y!])
  engine.operations.g1m_neg(first, first)
  const second = placeG2(engine, affineG2At(engine, header.subarray(delta2, delta2 + g2Bytes)))
  const pairs = [first, placeG2(engine, g2Generator), placeG1(engine, g1Generator), second]
  const holds = engine.operations.bn128_pairingEq2(...pairs, engine.targetOne) === 1
  engine.release(mark)
  return holds
}
