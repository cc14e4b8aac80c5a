import { bn254 } from '@noble/curves/bn254'

/** A number below 2^256 as 0x and 64 hex digits. */
export function hexWord(value: bigint | string): string {
  return `0x${BigInt(value).toString(16).padStart(64, '0')}`
}

/** The same proof in other points: (s·A, s⁻¹·B, C). */
export function randomisedAgain(words: readonly string[]): string[] {
  const s = 0x1234_5678_9abcn
  const [ax, ay, bx1, bx0, by1, by0, cx, cy] = words.map(BigInt) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ]
  const a = bn254.G1.ProjectivePoint.fromAffine({ x: ax, y: ay }).multiply(s).toAffine()
  const b = bn254.G2.ProjectivePoint.fromAffine({ x: { c0: bx0, c1: bx1 }, y: { c0: by0, c1: by1 } })
    .multiply(bn254.fields.Fr.inv(s))
    .toAffine()
  return [a.x, a.y, b.x.c1, b.x.c0, b.y.c1, b.y.c0, cx, cy].map(hexWord)
}

/** A point of the twisted curve that is not in G2, in EIP-197 order. */
export function twistPointOutsideSubgroup(): string[] {
  const { Fp2 } = bn254.fields
  for (let c0 = 1n; ; c0++) {
    const x = { c0, c1: 0n }
    const square = Fp2.add(Fp2.mul(Fp2.sqr(x), x), bn254.G2.CURVE.b)
    const y = squareRoot(square)
    if (y) return [x.c1, x.c0, y.c1, y.c0].map(hexWord)
  }

  function squareRoot(value: { c0: bigint; c1: bigint }): { c0: bigint; c1: bigint } | undefined {
    try {
      return Fp2.sqrt(value)
    } catch {
      return undefined
    }
  }
}
