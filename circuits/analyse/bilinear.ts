/**
 * Convolution along one axis with few products: m outputs of a kernel of k taps from n = m + k - 1 products.
 * y_j = Σ_i g_i·d_(i+j) is the transposed product of polynomials (Toom-Cook; Winograd 1980): with distinct points e,
 * one of them at infinity,
 *
 *     y_j = Σ_e output[e][j] / divisors[e] · (Σ_i kernel[e][i]·g_i) · (Σ_i input[e][i]·d_i)
 *
 * All matrices are made of integers; the division is exact in a field. For two axes, take the transform of each.
 */
export interface AxisTransform {
  /** n: products, and inputs of a tile. */
  readonly points: number
  /** m: outputs of a tile. */
  readonly outputs: number
  /** k: taps of the kernel. */
  readonly taps: number
  /** [n][n] */
  readonly input: readonly (readonly bigint[])[]
  /** [n][k] */
  readonly kernel: readonly (readonly bigint[])[]
  /** [n][m] */
  readonly output: readonly (readonly bigint[])[]
  /** [n] */
  readonly divisors: readonly bigint[]
}

/** 0, 1, -1, 2, -2, …: small points keep the integers small. */
function finitePoints(count: number): bigint[] {
  return Array.from({ length: count }, (_, i) => BigInt(i % 2 === 1 ? (i + 1) / 2 : -i / 2))
}

/** Coefficients of Π (x - root), lowest first. */
function fromRoots(roots: readonly bigint[]): bigint[] {
  let product = [1n]
  for (const root of roots) {
    product = Array.from(
      { length: product.length + 1 },
      (_, i) => (product[i - 1] ?? 0n) - root * (product[i] ?? 0n),
    )
  }
  return product
}

/** The transform for tiles of `outputs` outputs and a kernel of `taps` taps. */
export function axisTransform(outputs: number, taps: number): AxisTransform {
  const points = outputs + taps - 1
  const finite = finitePoints(points - 1)
  const powers = (point: bigint, count: number) => Array.from({ length: count }, (_, i) => point ** BigInt(i))
  const last = (count: number) => Array.from({ length: count }, (_, i) => (i === count - 1 ? 1n : 0n))
  const others = (point: bigint) => finite.filter((each) => each !== point)
  return {
    points,
    outputs,
    taps,
    input: [...finite.map((point) => [...fromRoots(others(point)), 0n]), fromRoots(finite)],
    kernel: [...finite.map((point) => powers(point, taps)), last(taps)],
    output: [...finite.map((point) => powers(point, outputs)), last(outputs)],
    divisors: [
      ...finite.map((point) => others(point).reduce((product, each) => product * (point - each), 1n)),
      1n,
    ],
  }
}

/** Rows of a kernel matrix that pick a single tap: their value is a weight as it stands. */
export function unitRows({ kernel }: AxisTransform): number {
  return kernel.filter((row) => row.filter((entry) => entry !== 0n).length === 1 && row.includes(1n)).length
}
