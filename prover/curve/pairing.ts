import wasmcurves from 'wasmcurves/build/bn128_wasm.js'
import type { CurveEngine } from '#prover/curve/engine.js'
import { type AffineG2, placeG2 } from '#prover/curve/points.js'

/** Bytes of an element of F_q¹². */
export const targetBytes = 384

/** Reserves what the Miller loop takes of a point of G2: the lines through its multiples. */
export function reserveLines(engine: CurveEngine, point: AffineG2): number {
  const lines = engine.reserve(wasmcurves.preQSize)
  const mark = engine.mark()
  engine.operations.bn128_prepareG2(placeG2(engine, point), lines)
  engine.release(mark)
  return lines
}

/** The same as bytes, to be placed in the engine whenever they are needed. */
export function linesOf(engine: CurveEngine, point: AffineG2): Uint8Array {
  const mark = engine.mark()
  const lines = engine.bytes(reserveLines(engine, point), wasmcurves.preQSize).slice()
  engine.release(mark)
  return lines
}

/**
 * Reserves the value of the Miller loop: a pairing before its final exponentiation.
 * @param point address of a finite point of G1, Jacobian
 * @param lines address of a point of G2's lines
 */
export function reserveMillerLoop(engine: CurveEngine, point: number, lines: number): number {
  const value = engine.reserve(targetBytes)
  const mark = engine.mark()
  const prepared = engine.reserve(wasmcurves.prePSize)
  engine.operations.bn128_prepareG1(point, prepared)
  engine.operations.bn128_millerLoop(prepared, lines, value)
  engine.release(mark)
  return value
}
