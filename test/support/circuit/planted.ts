/** The planted defects of planted/*.circom, each with the claims that a sound circuit in its place would meet. */
import { readFileSync } from 'node:fs'
import { scalarModulus as p } from '#prover/curve/bn254.js'
import type { Instance } from './batch.js'
import { clamp, outside, rangeClaims, reduce, rescaleValues, signedClaims } from './claims.js'

const files = [
  'ranges.circom',
  'divisions.circom',
  'saturations.circom',
  'choices.circom',
  'tables.circom',
  'products.circom',
]

/** The files that hold them, by name. */
export function plantedTexts(): Record<string, string> {
  const text = (file: string) => readFileSync(new URL(`planted/${file}`, import.meta.url), 'utf8')
  return Object.fromEntries(files.map((file) => [file, text(file)]))
}

type Specification = (...x: bigint[]) => bigint

const bitsOf = (x: bigint, n: number) => Array.from({ length: n }, (_, i) => (x >> BigInt(i)) & 1n)
const eighths = rangeClaims(9, (x) => [x >> 3n], rescaleValues(9, 3, 6))
const saturated = signedClaims(9, rescaleValues(9, 0, 4), (v) => clamp(v, 4))
const signs = signedClaims(9, [], (v) => (v >= 0n ? 1n : 0n))
const aliased = [1n, 2n, 5n, 1n << 128n].map((x) => ({ inputs: [x], expected: [x & 1n] }))

function planted(template: string, claims: Instance['claims'], widths: readonly number[]): Instance {
  return {
    name: template,
    inputCount: claims[0]!.inputs.length,
    outputCount: claims.find(({ expected }) => expected)!.expected!.length,
    body: (g, x, y) => `component ${g} = ${template}(); ${g}.x <== ${x}; ${y} <== ${g}.y;`,
    widths,
    claims,
  }
}

const entry = (key: bigint): bigint => (3n * key) % 7n
const isSet = (x: bigint, bit: number): bigint => (x >> BigInt(bit)) & 1n

/** Lanes of 4 bits: ends, ties, neighbours; and what lies outside, which has no witness. */
function laneClaims(count: number, ...outputs: readonly Specification[]): Instance['claims'] {
  const lanes = [0n, 1n, 7n, 8n, 14n, 15n]
  const grid = lanes.flatMap((a) => (count === 1 ? [[a]] : lanes.map((b) => [a, b])))
  const rows = count < 3 ? grid : grid.flatMap((row) => lanes.map((c) => [...row, c]))
  const wrong = outside(4).map(({ inputs }) => ({ inputs: Array(count).fill(inputs[0]), expected: null }))
  const expected = (inputs: bigint[]) => outputs.map((output) => reduce(output(...inputs)))
  return [...rows.map((inputs) => ({ inputs, expected: expected(inputs) })), ...wrong]
}

const larger = (a: bigint, b: bigint): bigint => {
  if (a > b) return a
  return b
}
const comparisons = [
  ...[0n, 1n, 100n, 255n].flatMap((a) =>
    [0n, 100n, 255n].map((b) => ({ inputs: [a, b], expected: [a >= b ? 1n : 0n] })),
  ),
  ...[p - 1n, 1n << 200n].map((a) => ({ inputs: [a, a], expected: null })),
]

export const plantedInstances: readonly Instance[] = [
  planted(
    'RangeAsserted',
    rangeClaims(8, (x) => bitsOf(x, 8)),
    [8],
  ),
  planted(
    'RangeOneBitFree',
    rangeClaims(8, (x) => bitsOf(x, 8)),
    [8],
  ),
  planted(
    'RangeRepeatedWeight',
    rangeClaims(7, (x) => bitsOf(x, 8)),
    [8],
  ),
  planted('ParityAliased', aliased, [254]),
  planted('SignFree', signs, [9]),
  planted('SignOfZero', signs.slice(0, 1), [9]),
  planted('ComparatorUnranged', comparisons, [9]),
  ...['DivisionAsserted', 'RemainderUnranged', 'QuotientUnranged', 'RemainderTooWide'].map((name) =>
    planted(name, eighths, [3, 6, 9]),
  ),
  planted('RemainderClosedInterval', eighths, [3, 6, 9]),
  planted('QuotientTopBitFree', eighths, [3, 6, 9]),
  ...['ExceedsNotForced', 'ExceedsNotPinned', 'SaturationChosen', 'SelectorDropped', 'OverflowSummed'].map(
    (name) => planted(name, saturated, [4, 8, 9]),
  ),
  planted(
    'MaximumUncompared',
    laneClaims(2, (a, b) => larger(a!, b!)),
    [4],
  ),
  planted(
    'MaximumUnattained',
    laneClaims(2, (a, b) => larger(a!, b!)),
    [4],
  ),
  planted(
    'MaximumOneSkipped',
    laneClaims(3, (a, b, c) => larger(larger(a!, b!), c!)),
    [4],
  ),
  ...['ArgMaxLastOfTie', 'ArgMaxAnyOfTie', 'ArgMaxIndexFree'].map((name) =>
    planted(
      name,
      laneClaims(2, (a, b) => (b! > a! ? 1n : 0n)),
      [4],
    ),
  ),
  planted(
    'PackingSignFree',
    laneClaims(1, (x) => BigInt.asUintN(32, x! - 8n)),
    [4, 32],
  ),
  planted(
    'InputUnranged',
    laneClaims(2, (a, b) => 3n * a! - b!),
    [4],
  ),
  planted(
    'DenseAdvice',
    laneClaims(2, (a, b) => 3n * a! - b!),
    [4],
  ),
  planted(
    'PowerAdvice',
    laneClaims(1, (x) => x! ** 5n),
    [4],
  ),
  ...['TableKeyFree', 'TableNotOneHot'].map((name) =>
    planted(
      name,
      laneClaims(1, (x) => entry(x!)),
      [4],
    ),
  ),
  planted(
    'TableMonomialFree',
    laneClaims(1, (x) => 5n * isSet(x!, 1) - 2n * isSet(x!, 2) + 3n * isSet(x!, 1) * isSet(x!, 2)),
    [4],
  ),
  planted(
    'TableOutsideChosen',
    rangeClaims(4, (x) => [x >= 8n ? x : 0n]),
    [4, 5],
  ),
  ...['ProductAdvice', 'ProductOfUnknownSign'].map((name) =>
    planted(
      name,
      laneClaims(3, (a, b, c) => a! * b! + b! * c!),
      [4],
    ),
  ),
  ...['ExchangeUnordered', 'ExchangeOfSums'].map((name) =>
    planted(
      name,
      laneClaims(
        2,
        (a, b) => larger(a!, b!),
        (a, b) => a! + b! - larger(a!, b!),
      ),
      [4],
    ),
  ),
  planted(
    'ArgMaxRowUnbound',
    laneClaims(
      3,
      (a, b) => (b! > a! ? 1n : 0n),
      (a, _, c) => (c! > a! ? 1n : 0n),
    ),
    [4],
  ),
]
