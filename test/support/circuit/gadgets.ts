/** Every gadget of circuits/lib in every branch it has, with its claims and the cost that the accounting predicts. */
import { positivePartCost, rescaleCost } from '#circuits/analyse/gadget.js'
import { type Instance, unary } from './batch.js'
import { clamp, floorShift, rangeClaims, reduce, rescaleValues, signedClaims } from './claims.js'

export interface CostedInstance extends Instance {
  /** Constraints by the formulas of circuits/analyse. */
  readonly cost: number
}

/** n, s, w: no saturation; 0, 1, 2, 3 and more bits above s + w; with and without a shift; narrow and wide. */
const reluShapes: readonly (readonly [number, number, number])[] = [
  [2, 0, 1],
  [3, 0, 1],
  [4, 1, 2],
  [6, 0, 5],
  [6, 0, 8],
  [8, 0, 6],
  [8, 0, 5],
  [8, 0, 4],
  [8, 0, 3],
  [12, 4, 7],
  [12, 4, 9],
  [12, 4, 6],
  [12, 4, 5],
  [12, 4, 4],
  [12, 4, 2],
  [12, 10, 1],
  [12, 1, 8],
  [22, 11, 8],
  [34, 20, 8],
  [48, 20, 8],
  [252, 100, 150],
]

const plainShapes: readonly (readonly [number, number, number])[] = [
  [2, 1, 0],
  [5, 1, -8],
  [5, 4, -1],
  [9, 3, -17],
  [9, 8, 0],
  [13, 5, 100],
  [24, 11, -4096],
  [252, 100, -1],
]

const bitWidths = [1, 2, 3, 8, 16, 31, 252]
const signWidths = [2, 3, 5, 9, 17, 32, 252]

export const gadgetInstances: readonly CostedInstance[] = [
  ...bitWidths.map(bitsInstance),
  ...reluShapes.map(([n, s, w]) => reluInstance(n, s, w)),
  ...plainShapes.map(([n, s, base]) => plainInstance(n, s, base)),
  ...signWidths.map((n) => positivePartInstance(n)),
  ...signWidths.map((n) => signInstance(n)),
]

export function bitsInstance(n: number): CostedInstance {
  const loop = (g: string, y: string) => `for (var i = 0; i < ${n - 1}; i++) ${y}[i] <== ${g}.high[i];`
  return {
    name: `Bits(${n})`,
    inputCount: 1,
    outputCount: n - 1,
    body: (g, x, y) => `component ${g} = Bits(${n}); ${g}.x <== ${x}[0]; ${loop(g, y)}`,
    widths: [n, n - 1],
    claims: rangeClaims(n, (x) => Array.from({ length: n - 1 }, (_, i) => (x >> BigInt(i + 1)) & 1n)),
    cost: n,
  }
}

export function reluInstance(n: number, s: number, w: number, template = 'ReluRescale'): CostedInstance {
  return {
    ...unary(`${template}(${n}, ${s}, ${w})`),
    widths: [n, n - 1, s, w, s + w],
    claims: signedClaims(n, rescaleValues(n, s, w), (v) => clamp(floorShift(v, s), w)),
    cost: rescaleCost({ kind: 'relu', bits: n, shift: s, width: w, low: 0 }),
  }
}

export function plainInstance(n: number, s: number, base: number, template = 'Rescale'): CostedInstance {
  const y = (x: bigint) => [reduce(floorShift(x, s) + BigInt(base))]
  return {
    ...unary(`${template}(${n}, ${s}, ${base})`),
    widths: [n, s, n - s],
    claims: rangeClaims(n, y, rescaleValues(n, s, n - s)),
    cost: rescaleCost({ kind: 'plain', bits: n, shift: s, base }),
  }
}

export function positivePartInstance(n: number, template = 'PositivePart'): CostedInstance {
  return {
    ...unary(`${template}(${n})`),
    widths: [n, n - 1],
    claims: signedClaims(n, rescaleValues(n, 0, n - 1), (v) => (v > 0n ? v : 0n)),
    cost: positivePartCost(n),
  }
}

export function signInstance(n: number, template = 'Sign'): CostedInstance {
  return {
    ...unary(`${template}(${n})`, 'notNegative'),
    widths: [n, n - 1],
    claims: signedClaims(n, rescaleValues(n, 0, n - 1), (v) => (v >= 0n ? 1n : 0n)),
    cost: n,
  }
}
