import type { CurveEngine } from '#prover/curve/engine.js'

/** The operations of one group that the fixed-base multiplication needs; addresses as in the engine. */
export interface Group {
  readonly name: GroupName
  /** Bytes of one coordinate: 32 in G1, 64 in G2. */
  readonly coordinateBytes: number
  readonly generator: number
  readonly add: (x: number, y: number, out: number) => void
  readonly sub: (x: number, y: number, out: number) => void
  readonly neg: (x: number, out: number) => void
  readonly mul: (x: number, y: number, out: number) => void
  readonly square: (x: number, out: number) => void
  readonly inverse: (x: number, out: number) => void
  readonly isZero: (x: number) => number
  readonly copy: (x: number, out: number) => void
  readonly one: (out: number) => void
  readonly double: (point: number, out: number) => void
  readonly addAffine: (p: number, q: number, out: number) => void
  readonly toAffine: (point: number, out: number) => void
}

export type GroupName = 'g1' | 'g2'

/** The group of the name over an engine. */
export function openGroup(engine: CurveEngine, name: GroupName): Group {
  const f = engine.operations
  if (name === 'g1') {
    return {
      name,
      coordinateBytes: 32,
      generator: engine.g1Generator,
      add: f.f1m_add,
      sub: f.f1m_sub,
      neg: f.f1m_neg,
      mul: f.f1m_mul,
      square: f.f1m_square,
      inverse: f.f1m_inverse,
      isZero: f.f1m_isZero,
      copy: f.f1m_copy,
      one: f.f1m_one,
      double: f.g1m_double,
      addAffine: f.g1m_addAffine,
      toAffine: f.g1m_toAffine,
    }
  }
  return {
    name,
    coordinateBytes: 64,
    generator: engine.g2Generator,
    add: f.f2m_add,
    sub: f.f2m_sub,
    neg: f.f2m_neg,
    mul: f.f2m_mul,
    square: f.f2m_square,
    inverse: f.f2m_inverse,
    isZero: f.f2m_isZero,
    copy: f.f2m_copy,
    one: f.f2m_one,
    double: f.g2m_double,
    addAffine: f.g2m_addAffine,
    toAffine: f.g2m_toAffine,
  }
}
