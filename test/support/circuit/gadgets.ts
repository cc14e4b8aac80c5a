/** Every gadget of circuits/lib in every branch it has, with its claims and the cost that the accounting predicts. */
import { positivePartCost, rescaleCost } from '#circuits/analyse/gadget.js'
import { lookUpConstraints } from '#circuits/analyse/look-up.js'
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

interface TableShape {
  readonly n: number
  readonly s: number
  readonly k: number
  /** Position of the window among those above the key. */
  readonly m: number
  readonly l: number
  readonly entry: (key: number) => number
}

const mixed = (key: number) => (key * key * 37 + key * 11) % 64
const saturating = (key: number) => Math.min(Math.max(3 * key - 9, 0), 15)
const kinked = (key: number) => (key < 8 ? 0 : key - 8)

/** No, one, two and more bits above the key, the window in each position; every split; shared and constant parts. */
const tableShapes: readonly TableShape[] = [
  { n: 1, s: 0, k: 1, m: 0, l: 0, entry: (key) => 3 - key },
  { n: 3, s: 2, k: 1, m: 0, l: 1, entry: (key) => key },
  { n: 4, s: 0, k: 4, m: 0, l: 2, entry: mixed },
  { n: 6, s: 2, k: 4, m: 0, l: 0, entry: saturating },
  { n: 6, s: 2, k: 4, m: 0, l: 4, entry: mixed },
  { n: 6, s: 2, k: 4, m: 0, l: 1, entry: kinked },
  { n: 7, s: 2, k: 4, m: 0, l: 2, entry: mixed },
  { n: 7, s: 2, k: 4, m: 1, l: 2, entry: kinked },
  ...[0, 1, 2, 3].map((m) => ({ n: 6, s: 1, k: 3, m, l: 1, entry: mixed })),
  ...[0, 3, 4, 7].map((m) => ({ n: 6, s: 0, k: 3, m, l: 2, entry: mixed })),
  { n: 30, s: 10, k: 6, m: 2 ** 13, l: 3, entry: mixed },
  { n: 18, s: 10, k: 8, m: 0, l: 4, entry: mixed },
]

export const gadgetInstances: readonly CostedInstance[] = [
  ...bitWidths.map(bitsInstance),
  ...reluShapes.map(([n, s, w]) => reluInstance(n, s, w)),
  ...plainShapes.map(([n, s, base]) => plainInstance(n, s, base)),
  ...signWidths.map((n) => positivePartInstance(n)),
  ...signWidths.map((n) => signInstance(n)),
  ...tableShapes.map((shape) => tableInstance(shape)),
  ...bitWidths.map((n) => openBitsInstance(n)),
  ...reluShapes.filter(([, s]) => s > 0).map(([n, s, w]) => reluInstance(n, s, w, true)),
  ...plainShapes.slice(0, -1).map(([n, s, base]) => plainInstance(n, s, base, true)),
  ...tableShapes.filter(({ s }) => s > 0).map((shape) => tableInstance(shape, true)),
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

export function reluInstance(
  n: number,
  s: number,
  w: number,
  open = false,
  template = 'ReluRescale',
): CostedInstance {
  return {
    ...gadget(`${template}(${n}, ${s}, ${w}, ${Number(open)})`, open, taken(n)),
    widths: [n, n - 1, s, w, s + w],
    claims: signedClaims(n, rescaleValues(n, s, w), (v) => clamp(floorShift(v, s), w)),
    cost: rescaleCost({ kind: 'relu', bits: n, shift: s, width: w, low: 0 }),
  }
}

export function plainInstance(
  n: number,
  s: number,
  base: number,
  open = false,
  template = 'Rescale',
): CostedInstance {
  const y = (x: bigint) => [reduce(floorShift(x, s) + BigInt(base))]
  return {
    ...gadget(
      `${template}(${n}, ${s}, ${base}, ${Number(open)})`,
      open,
      (g) =>
        `for (var b = 1; b < ${s}; b++) ${g}_lowest -= ${g}.low[b] * (1 << b); ${g}_lowest -= (${g}.y - (${base})) * (1 << ${s});`,
    ),
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

export function tableInstance(
  { n, s, k, m, l, entry }: TableShape,
  open = false,
  template = 'Table',
): CostedInstance {
  const size = 2 ** k
  const table = Array.from({ length: size }, (_, key) => entry(key))
  const top = n - s - k
  const y = (x: bigint) => {
    const key = Number(x >> BigInt(s)) - m * size
    return [reduce(BigInt(table[Math.min(Math.max(key, 0), size - 1)]!))]
  }
  const call = (entries: string) => `${template}(${n}, ${s}, ${k}, ${m}, ${l}, ${entries}, ${Number(open)})`
  const ends = [m - 1, m, m + 1, m + 2].map((at) => BigInt(at * size * 2 ** s))
  const keys = Array.from({ length: Math.min(size, 16) }, (_, key) => BigInt((m * size + key) * 2 ** s))
  return {
    ...gadget(call(`[${table}]`), open, taken(n)),
    name: call(entry.name || 'entry'),
    widths: [n, n - 1, s, s + k],
    claims: rangeClaims(
      n,
      y,
      [...ends, ...keys].flatMap((x) => [x, x - 1n, x + 1n]),
    ),
    cost: n + lookUpConstraints(table, l, top === 0, s === 0) + Math.min(top, 3),
  }
}

/** The bits of x by `OpenBits` and the pin that the emitted text gives it. */
export function openBitsInstance(n: number, template = 'OpenBits'): CostedInstance {
  const closed = bitsInstance(n)
  const name = `${template}(${n})`
  const outputs = (g: string, y: string) => `for (var i = 0; i < ${n - 1}; i++) ${y}[i] <== ${g}.high[i];`
  return {
    ...closed,
    name,
    body: (g, x, y) => `${opened(g, name, x, taken(n))} ${outputs(g, y)}`,
  }
}

/** A gadget that takes x, or one that takes it as advice and is pinned by what `rest` leaves of it. */
function gadget(call: string, open: boolean, rest: (g: string) => string) {
  const closed = unary(call)
  if (!open) return closed
  return {
    ...closed,
    body: (g: string, x: string, y: string) => `${opened(g, call, x, rest)} ${y}[0] <== ${g}.y;`,
  }
}

function opened(g: string, call: string, x: string, rest: (g: string) => string): string {
  return [
    `component ${g} = ${call}; ${g}.x <-- ${x}[0]; var ${g}_lowest = ${x}[0];`,
    rest(g),
    `${g}_lowest * (${g}_lowest - 1) === 0;`,
  ].join(' ')
}

/** Takes the bits of a gadget from what is left of its sum. */
function taken(bits: number): (g: string) => string {
  return (g) => `for (var b = 1; b < ${bits}; b++) ${g}_lowest -= ${g}.high[b - 1] * (1 << b);`
}
