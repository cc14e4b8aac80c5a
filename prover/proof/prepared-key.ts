import { sharedEngine } from '#prover/curve/engine.js'
import { linesOf, reserveLines, reserveMillerLoop, targetBytes } from '#prover/curve/pairing.js'
import { placeG1 } from '#prover/curve/points.js'
import type { ParsedVerificationKey } from '#prover/key/parse.js'

/** A verifying key with what its pairings have in common for all proofs. */
export interface PreparedKey {
  readonly key: ParsedVerificationKey
  readonly gammaLines: Uint8Array
  readonly deltaLines: Uint8Array
  /** e(α, β) before its final exponentiation. */
  readonly alphaBeta: Uint8Array
}

/** Takes about 3 ms, which proofs verified under the same key save. */
export function prepareKey(key: ParsedVerificationKey): PreparedKey {
  const engine = sharedEngine()
  const mark = engine.mark()
  const value = reserveMillerLoop(engine, placeG1(engine, key.alpha), reserveLines(engine, key.beta))
  const alphaBeta = engine.bytes(value, targetBytes).slice()
  engine.release(mark)
  return { key, gammaLines: linesOf(engine, key.gamma), deltaLines: linesOf(engine, key.delta), alphaBeta }
}
