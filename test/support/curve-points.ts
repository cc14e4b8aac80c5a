import { bn254 } from '@noble/curves/bn254'
import { baseModulus } from '#prover/curve/bn254.js'
import type { G1Point, G2Point } from '#prover/groth16.js'

const { Fp2 } = bn254.fields
const G1 = bn254.G1.ProjectivePoint
const G2 = bn254.G2.ProjectivePoint

/** scalar · generator of G1. */
export function g1Multiple(scalar: bigint): G1Point {
  const { x, y } = G1.BASE.multiply(scalar).toAffine()
  return [x.toString(), y.toString(), '1']
}

/** scalar · generator of G2. */
export function g2Multiple(scalar: bigint): G2Point {
  const { x, y } = G2.BASE.multiply(scalar).toAffine()
  return [
    [x.c0.toString(), x.c1.toString()],
    [y.c0.toString(), y.c1.toString()],
    ['1', '0'],
  ]
}

export function g1Add(left: G1Point, right: G1Point): G1Point {
  const sum = toG1(left).add(toG1(right)).toAffine()
  return [sum.x.toString(), sum.y.toString(), '1']
}

export function g1Negate([x, y, z]: G1Point): G1Point {
  return [x, (baseModulus - BigInt(y)).toString(), z]
}

/** scalar · point; the scalar is taken modulo r and must not be 0. */
export function g1Scale(point: G1Point, scalar: bigint): G1Point {
  const r = bn254.fields.Fr.ORDER
  const { x, y } = toG1(point)
    .multiply(((scalar % r) + r) % r)
    .toAffine()
  return [x.toString(), y.toString(), '1']
}

/** Σ x_i · IC_i, what the verifier pairs with γ. */
export function signalPoint(inputs: readonly G1Point[], signals: readonly string[]): G1Point {
  return signals.reduce((sum, signal, index) => {
    const { x, y } = toG1(inputs[index + 1]!)
      .multiply(BigInt(signal))
      .toAffine()
    return g1Add(sum, [x.toString(), y.toString(), '1'])
  }, inputs[0]!)
}

/** A point of the twist outside the subgroup. */
export function outsideSubgroup(): G2Point {
  const b = Fp2.fromBigTuple([
    19485874751759354771024239261021720505790618469301721065564631296452457478373n,
    266929791119991161246907387137283842545076965332900288569378510910307636690n,
  ])
  for (let c0 = 1n; ; c0++) {
    const x = Fp2.fromBigTuple([c0, 1n])
    const square = Fp2.add(Fp2.mul(Fp2.sqr(x), x), b)
    try {
      const y = Fp2.sqrt(square)
      if (!G2.fromAffine({ x, y }).isTorsionFree()) {
        return [
          [x.c0.toString(), x.c1.toString()],
          [y.c0.toString(), y.c1.toString()],
          ['1', '0'],
        ]
      }
    } catch {
      // No square root: not the x of a point.
    }
  }
}

function toG1([x, y]: G1Point): InstanceType<typeof G1> {
  return G1.fromAffine({ x: BigInt(x), y: BigInt(y) })
}
