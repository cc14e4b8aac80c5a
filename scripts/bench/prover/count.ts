import type { ScalarKinds } from '#scripts/bench/prover/scalar-kinds.js'

/** Parts of a proof, as the native prover names them. */
export const proofParts = ['rows', 'transforms', 'a', 'b1', 'b2', 'c', 'h', 'assembly'] as const

export type ProofPart = (typeof proofParts)[number]

/** Multiplications of field elements of 254 bits, by part. */
export type Multiplications = Readonly<Record<ProofPart, number>>

/** What a proof has to do. */
export interface ProofWork {
  readonly domain: number
  /** Vectors that go to the odd coset and back: three, or two where the key holds the share of C. */
  readonly vectors: 2 | 3
  /** Scalars at points that are not neutral. */
  readonly a: ScalarKinds
  readonly b: ScalarKinds
  readonly c: ScalarKinds
}

/** An affine addition with its share of one inversion for many: two multiplications, a square, three for the share. */
const addition = 6
/** A bucket's part in the weighted sum: two complete additions (Renes, Costello, Batina 2015, algorithm 7). */
const bucket = 24
/** A multiplication in F_q² by three in F_q (Karatsuba). */
const inExtension = 3
/** Bits of a full scalar's smaller half, sign apart. */
const fullBits = 253

/**
 * A model of what the native prover multiplies at least: transforms by radix 2, the bucket method with the best signed
 * windows. Sorting, sums of coefficients and memory count for nothing.
 */
export function countMultiplications({ domain, vectors, a, b, c }: ProofWork): Multiplications {
  const power = Math.log2(domain)
  const h = { zeros: 0, ones: 0, others: domain, bits: fullBits }
  return {
    // Values of A and B into Montgomery form, and their products where C is not in the key.
    rows: vectors * domain,
    // There and back, the shift between them, then a·b out of Montgomery form.
    transforms: vectors * (domain * power + domain) + 2 * domain,
    a: multiScalar(a),
    b1: multiScalar(b),
    b2: inExtension * multiScalar(b),
    c: multiScalar(c),
    h: multiScalar(h),
    // Five multiplications of single points in G1 and one in G2: 256 doublings and 128 additions each.
    assembly: (5 + inExtension) * 384 * (bucket / 2),
  }
}

/** Multiplications for Σ s·P; ones are summed, the others go by the cheapest signed window into buckets. */
export function multiScalar({ ones, others, bits }: ScalarKinds): number {
  return ones * addition + (others === 0 ? 0 : windowCost(others, bits, bestWindow(others, bits)))
}

/** Width of the window with the fewest multiplications, in bits. */
export function bestWindow(count: number, bits: number): number {
  const widths = Array.from({ length: 16 }, (_, index) => index + 1)
  return widths.reduce((best, width) =>
    windowCost(count, bits, width) < windowCost(count, bits, best) ? width : best,
  )
}

function windowCost(count: number, bits: number, width: number): number {
  const windows = Math.ceil((bits + 1) / width)
  return windows * (count * addition + 2 ** (width - 1) * bucket)
}
