import { withSectionFile } from '#prover/ceremony/section-file.js'
import { sharedEngine } from '#prover/curve/engine.js'
import { g1Bytes, zkeySection } from '#prover/key/zkey-format.js'

const pointsAtOnce = 4096

/**
 * Whether all points of C and H lie on the curve: the parts of a key that contributors rewrite. snarkjs' checks hold
 * for points of the curve, and do not look whether they are.
 */
export async function pointsLieOnCurve(path: string): Promise<boolean> {
  return withSectionFile(path, 'zkey', async (file) => {
    for (const type of [zkeySection.c, zkeySection.h]) {
      const length = file.lengthOf(type) ?? 0
      for (let start = 0; start < length; start += pointsAtOnce * g1Bytes) {
        const bytes = await file.read(type, start, Math.min(length - start, pointsAtOnce * g1Bytes))
        if (!allOnCurve(bytes)) return false
      }
    }
    return true
  })
}

/** Infinity, all zero, counts: wires that no constraint uses have it. */
function allOnCurve(bytes: Uint8Array): boolean {
  const engine = sharedEngine()
  const mark = engine.mark()
  const address = engine.place(bytes)
  let holds = true
  for (let at = 0; at < bytes.length && holds; at += g1Bytes) {
    holds =
      engine.operations.g1m_inCurveAffine(address + at) === 1 ||
      bytes.subarray(at, at + g1Bytes).every((byte) => byte === 0)
  }
  engine.release(mark)
  return holds
}
