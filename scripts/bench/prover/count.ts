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
/** A bucket's part in the weighted sum: two affine additions, and a share of the few complete ones at the end. */
const bucket = 14
/** A complete addition (Renes, Costello, Batina 2015, algorithm 7). */
const completeAddition = 12
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
  const h = { zeros: 0, ones: 0, others: { [fullBits]: domain } }
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
    assembly: (5 + inExtension) * 384 * completeAddition,
  }
}

/**
 * Multiplications for Σ s·P: ones are summed; the others go by signed windows into buckets, those above some length in
 * bits apart from the rest where that is cheaper.
 */
export function multiScalar({ ones, others }: ScalarKinds): number {
  const lengths = Object.entries(others).map(([bits, count]) => ({ bits: Number(bits), count }))
  lengths.sort((a, b) => a.bits - b.bits)
  const groupCost = (group: typeof lengths): number => {
    const count = group.reduce((sum, each) => sum + each.count, 0)
    const bits = group.at(-1)?.bits ?? 0
    return count === 0 ? 0 : windowCost(count, bits, bestWindow(count, bits))
  }
  const splits = lengths.map((_, at) => groupCost(lengths.slice(0, at)) + groupCost(lengths.slice(at)))
  return ones * addition + Math.min(...(splits.length > 0 ? splits : [0]))
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
