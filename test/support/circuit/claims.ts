/** Adversarial inputs of the gadgets, with what the specification says of each. */
import { scalarModulus as p } from '#prover/curve/bn254.js'
import type { Claim } from './forge.js'

type OpenClaim = Omit<Claim, 'honest'>

/** Field elements that no range check may let through, whatever its width below 253 bits. */
const farOutside = [
  ...[1n, 2n, 3n].map((step) => p - step),
  ...[(p - 1n) / 2n, (p + 1n) / 2n, (p - 1n) / 4n, (p + 1n) / 3n],
  ...[64n, 128n, 200n, 251n, 252n, 253n].map((bits) => 1n << bits),
  (1n << 253n) - 1n,
]

/** x in 0 … 2^n − 1, at its ends and at powers of two; and values outside, which have no witness. */
export function rangeClaims(
  n: number,
  outputs: (x: bigint) => bigint[],
  values: readonly bigint[] = [],
): OpenClaim[] {
  const top = 1n << BigInt(n)
  const inside = [0n, 1n, 2n, 3n, top / 2n - 1n, top / 2n, top / 2n + 1n, top / 3n, top - 2n, top - 1n]
  const powers = Array.from({ length: Math.min(n, 12) }, (_, i) => 1n << BigInt(n - 1 - i))
  return [
    ...unique([...inside, ...powers, ...values])
      .filter((x) => x >= 0n && x < top)
      .map((x) => ({ inputs: [x], expected: outputs(x) })),
    ...outside(n),
  ]
}

/** v in −2^(n−1) … 2^(n−1) − 1, given to the gadget as x = v + 2^(n−1). */
export function signedClaims(
  n: number,
  values: readonly bigint[],
  output: (v: bigint) => bigint,
): OpenClaim[] {
  const half = 1n << BigInt(n - 1)
  const common = [
    0n,
    1n,
    -1n,
    2n,
    -2n,
    3n,
    -3n,
    half - 1n,
    half - 2n,
    -half,
    1n - half,
    half / 2n,
    -half / 2n,
  ]
  return [
    ...unique([...common, ...values])
      .filter((v) => v >= -half && v < half)
      .map((v) => ({ inputs: [v + half], expected: [reduce(output(v))] })),
    ...outside(n),
  ]
}

/** Where a rescale by 2^s to `width` bits may go wrong: multiples, ties, their neighbours, and saturation. */
export function rescaleValues(n: number, s: number, width: number): bigint[] {
  const d = 1n << BigInt(s)
  const multiples = [0n, 1n, 2n, 3n, 5n, (1n << BigInt(width)) - 2n, (1n << BigInt(width)) - 1n]
  const saturating = Array.from(
    { length: Math.min(6, Math.max(0, n - s - width)) },
    (_, i) => 1n << BigInt(width + i),
  )
  return [...multiples, ...saturating, ...saturating.map((m) => m + 1n)].flatMap((m) =>
    [m * d, m * d + d / 2n, m * d + d / 2n - 1n, m * d + d - 1n, m * d - 1n, m * d + 1n].flatMap((v) => [
      v,
      -v,
    ]),
  )
}

/** Values of x for which a range of n bits leaves no witness. */
export function outside(n: number): OpenClaim[] {
  const top = 1n << BigInt(n)
  const near = [top, top + 1n, top * 3n - 1n, top * 2n, top * 2n - 1n, p - top, p - top + 1n, p - top / 2n]
  return unique([...near, ...farOutside])
    .filter((x) => x >= top && x < p)
    .map((x) => ({ inputs: [x], expected: null }))
}

/** floor(v / 2^s) of a number that may be negative. */
export function floorShift(v: bigint, s: number): bigint {
  return v >> BigInt(s)
}

/** min(max(v, 0), 2^width − 1). */
export function clamp(v: bigint, width: number): bigint {
  const top = (1n << BigInt(width)) - 1n
  return v < 0n ? 0n : v > top ? top : v
}

/** A small integer as a field element. */
export function reduce(value: bigint): bigint {
  return value < 0n ? value + p : value
}

function unique(values: readonly bigint[]): bigint[] {
  return [...new Set(values)]
}
