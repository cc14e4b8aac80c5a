import { describe, expect, test } from 'vitest'
import { scalarModulus } from '#prover/curve/bn254.js'
import { fromLittleEndian } from '#prover/curve/bytes.js'
import { checkWitness } from '#prover/r1cs/check.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { readWitness } from '#prover/r1cs/witness.js'
import type { Range } from '#prover/witness/plan/bounds.js'
import { decodePlan, encodePlan } from '#prover/witness/plan/encode.js'
import { centred, invert, reduce, smallDenominator } from '#prover/witness/plan/field.js'
import type { InputSignal } from '#prover/witness/plan/inputs.js'
import { makePlan } from '#prover/witness/plan/make.js'
import { PlannedWitness } from '#prover/witness/plan/run.js'
import { type Constraint, type SmallCircuit, writeR1cs } from '../../support/r1cs-writer.js'
import { RandomSource } from '../../support/random-source.js'

/** Wires: 1, output, context, x, y, then one or more for each relation. */
const [context, x, y] = [2, 3, 4] as const

interface Case {
  readonly name: string
  readonly x: Range
  readonly y: Range
  /** Wires beyond y. */
  readonly extra: number
  readonly constraints: readonly Constraint[]
  /** Wires whose values are told beside the constraints. */
  readonly expected?: (x: bigint, y: bigint) => Readonly<Record<number, bigint>>
}

const byte = { lo: 0, hi: 255 }
const signed = { lo: -(2 ** 25), hi: 2 ** 25 - 1 }
const wide = { lo: -(2 ** 52), hi: 2 ** 52 }

const boolean = (wire: number): Constraint => [
  [
    [wire, 1n],
    [0, -1n],
  ],
  [[wire, 1n]],
  [],
]

/** `sum` less bits 1 to n - 1 at `first` is 0 or 1. */
function decomposed(
  sum: readonly (readonly [number, bigint])[],
  n: number,
  first: number,
  order: 'sum first' | 'sum last' = 'sum first',
): Constraint[] {
  const bits = Array.from({ length: n - 1 }, (_, i) => first + i)
  const rest = [...sum, ...bits.map((wire, i) => [wire, -(1n << BigInt(i + 1))] as const)]
  const constant = rest.find(([wire]) => wire === 0)?.[1] ?? 0n
  const less = [...rest.filter(([wire]) => wire !== 0), [0, constant - 1n] as const]
  const factors = order === 'sum first' ? ([rest, less, []] as const) : ([less, rest, []] as const)
  return [...bits.map(boolean), factors]
}

const third = invert(3n)

const cases: readonly Case[] = [
  {
    name: 'products of signed numbers',
    x: signed,
    y: signed,
    extra: 2,
    constraints: [
      [[[x, -1n]], [[y, 1n]], [[5, -1n]]],
      [[[5, 1n]], [[0, 1n]], [[6, -1n]]],
    ],
    expected: (a, b) => ({ 5: a * b, 6: -a * b }),
  },
  {
    name: 'sums that leave 53 bits',
    x: wide,
    y: wide,
    extra: 2,
    constraints: [
      [
        [],
        [],
        [
          [x, 3n],
          [y, -5n],
          [5, -1n],
        ],
      ],
      [[[5, 1n]], [[x, 1n]], [[6, 1n]]],
    ],
    expected: (a, b) => ({ 5: 3n * a - 5n * b, 6: (3n * a - 5n * b) * a }),
  },
  ...(['sum first', 'sum last'] as const).map((order) => ({
    name: `bits, ${order}`,
    x: signed,
    y: byte,
    extra: 27,
    constraints: decomposed(
      [
        [x, 1n],
        [y, -3n],
        [0, 2n ** 26n],
      ],
      28,
      5,
      order,
    ),
    expected: (a: bigint, b: bigint) => ({ 31: ((a - 3n * b + 2n ** 26n) >> 27n) & 1n }),
  })),
  {
    name: 'bits of a sum beyond numbers',
    x: wide,
    y: wide,
    extra: 69,
    constraints: decomposed(
      [
        [x, 2n ** 16n],
        [y, 1n],
        [0, 2n ** 69n],
      ],
      70,
      5,
    ),
    expected: (a, b) => ({ 73: ((a << 16n) + b + 2n ** 69n) >> 69n }),
  },
  {
    name: 'a quotient and the bits below it',
    x: signed,
    y: byte,
    extra: 4,
    constraints: [
      boolean(5),
      boolean(6),
      boolean(7),
      [
        [
          [x, 1n],
          [5, -2n],
          [6, -4n],
          [7, -8n],
          [8, -16n],
        ],
        [
          [x, 1n],
          [5, -2n],
          [6, -4n],
          [7, -8n],
          [8, -16n],
          [0, -1n],
        ],
        [],
      ],
    ],
    expected: (a) => ({ 8: a >> 4n }),
  },
  {
    name: 'whether a number is 0',
    x: { lo: -3, hi: 3 },
    y: byte,
    extra: 3,
    constraints: [
      [[[x, 1n]], [[5, 1n]], [[6, 1n]]],
      [
        [[x, 1n]],
        [
          [0, 1n],
          [6, -1n],
        ],
        [],
      ],
      [[[6, 1n]], [[y, 1n]], [[7, 1n]]],
    ],
    expected: (a, b) => ({ 6: a === 0n ? 0n : 1n, 7: a === 0n ? 0n : b }),
  },
  {
    name: 'interpolation with thirds',
    x: signed,
    y: byte,
    extra: 2,
    constraints: [
      [
        [],
        [],
        [
          [x, 2n],
          [5, -1n],
        ],
      ],
      [
        [],
        [],
        [
          [x, third],
          [5, third],
          [y, 1n],
          [6, -1n],
        ],
      ],
    ],
    expected: (a, b) => ({ 5: 2n * a, 6: a + b }),
  },
  {
    name: 'field elements',
    x: signed,
    y: byte,
    extra: 2,
    constraints: [
      [
        [
          [context, 1n],
          [x, -(2n ** 200n)],
        ],
        [
          [context, 1n],
          [x, -(2n ** 200n)],
        ],
        [[5, 1n]],
      ],
      [[[5, 1n]], [[y, 1n]], [[6, -1n]]],
    ],
  },
]

function circuitOf({ extra, constraints }: Case): SmallCircuit {
  const output: Constraint = [
    [[x, 1n]],
    [[context, 1n]],
    [
      [1, 1n],
      [0, -7n],
    ],
  ]
  return {
    wireCount: 5 + extra,
    outputCount: 1,
    publicInputCount: 1,
    privateInputCount: 2,
    constraints: [output, ...constraints],
  }
}

const signalsOf = (ranges: { readonly x: Range; readonly y: Range }): InputSignal[] => [
  { name: 'x', isPublic: false, ranges: [ranges.x] },
  { name: 'y', isPublic: false, ranges: [ranges.y] },
  { name: 'context', isPublic: true, ranges: [null] },
]

/** Ends, numbers around 0, then any. */
function valuesOf(random: RandomSource, { lo, hi }: Range, index: number): bigint {
  const ends = [lo, hi, 0, 1, -1, lo + 1, hi - 1].filter((value) => value >= lo && value <= hi)
  if (index % 2 === 0) return BigInt(random.pick(ends))
  return BigInt(lo) + random.bigintBelow(BigInt(hi) - BigInt(lo) + 1n)
}

describe('a plan satisfies every constraint:', () => {
  test.each(cases)('$name', (each) => {
    const r1cs = readR1cs(writeR1cs(circuitOf(each)))
    const plan = makePlan(r1cs, signalsOf(each))
    expect(plan).not.toBeNull()
    expect(decodePlan(encodePlan(plan))).toEqual(plan)
    const planned = new PlannedWitness(plan!)
    const random = new RandomSource(each.name.length)
    for (let index = 0; index < 200; index++) {
      const [a, b] = [valuesOf(random, each.x, index), valuesOf(random, each.y, index >> 1)]
      const c = random.bigintBelow(scalarModulus)
      const wtns = planned.calculate({ x: reduce(a), y: [reduce(b)], context: c })
      const values = readWitness(wtns!)
      expect(checkWitness(r1cs, values)).toBeUndefined()
      const at = (wire: number) => fromLittleEndian(values, wire * 32)
      expect([at(context), at(x), at(y)]).toEqual([c, reduce(a), reduce(b)])
      for (const [wire, value] of Object.entries(each.expected?.(a, b) ?? {}))
        expect(at(Number(wire)), `wire ${wire}`).toBe(reduce(value))
    }
  })
})

describe('a plan refuses', () => {
  const each = {
    ...cases.find(({ name }) => name === 'bits, sum first')!,
    x: { lo: -(2 ** 30), hi: 2 ** 30 },
  }
  const planned = new PlannedWitness(makePlan(readR1cs(writeR1cs(circuitOf(each))), signalsOf(each))!)
  const signals = { x: 1n, y: 2n, context: 3n }

  test.each([
    ['an input beyond its range', { ...signals, y: 256n }],
    ['an input below its range', { ...signals, y: scalarModulus - 1n }],
    ['a sum that is below its bits', { ...signals, x: scalarModulus - 2n ** 27n }],
    ['a sum that is above its bits', { ...signals, x: 2n ** 28n }],
    ['a missing input', { x: 1n, y: 2n }],
    ['an input too many', { ...signals, z: 1n }],
    ['an input of another length', { ...signals, y: [1n, 2n] }],
  ])('%s', (_, values) => {
    expect(planned.calculate(signals)).not.toBeNull()
    expect(planned.calculate(values)).toBeNull()
  })
})

describe('no plan is made', () => {
  const noRoot: Case = {
    name: 'a root',
    x: byte,
    y: byte,
    extra: 1,
    constraints: [[[[5, 1n]], [[5, 1n]], [[x, 1n]]]],
  }

  test('of a circuit with advice of another kind', () => {
    expect(makePlan(readR1cs(writeR1cs(circuitOf(noRoot))), signalsOf(noRoot))).toBeNull()
    expect(decodePlan(encodePlan(null))).toBeNull()
  })

  test('for inputs of another number than the circuit has', () => {
    const [each] = cases as [Case]
    const r1cs = readR1cs(writeR1cs(circuitOf(each)))
    expect(makePlan(r1cs, signalsOf(each).slice(1))).toBeNull()
    expect(makePlan(r1cs, signalsOf(each).slice(0, 2))).toBeNull()
  })
})

test('a file whose indices leave their arrays, or that ends early, is refused', () => {
  const each = cases.find(({ name }) => name === 'bits, sum first')!
  const bytes = encodePlan(makePlan(readR1cs(writeR1cs(circuitOf(each))), signalsOf(each)))
  const refused = expect.objectContaining({ code: 'INVALID_CIRCUIT' })
  for (let end = 0; end < bytes.length; end += 13) {
    expect(() => decodePlan(bytes.subarray(0, end))).toThrow(refused)
  }
  // What still reads computes something, whatever it is.
  for (let at = 12; at < bytes.length; at++) {
    const changed = bytes.slice()
    changed[at] = 0xff
    try {
      const plan = decodePlan(changed)
      if (plan !== null) new PlannedWitness(plan).calculate({ x: 1n, y: 2n, context: 3n })
    } catch (error) {
      expect(error).toEqual(refused)
    }
  }
})

test('inverses and denominators of field elements', () => {
  const random = new RandomSource(5)
  for (const value of [
    1n,
    2n,
    -1n,
    scalarModulus - 2n,
    ...Array.from({ length: 50 }, () => random.bigintBelow(scalarModulus - 1n) + 1n),
  ]) {
    expect(reduce(invert(value) * value)).toBe(1n)
  }
  for (const [numerator, denominator] of [
    [1n, 3n],
    [-7n, 720n],
    [2n ** 50n + 1n, 1001n],
    [5n, 1n],
    [-5n, 1n],
    [0n, 1n],
  ] as const) {
    const element = reduce(numerator * invert(denominator))
    expect(smallDenominator(element, 2n ** 20n)).toBe(denominator)
    expect(centred(reduce(element * denominator))).toBe(numerator)
  }
  expect(smallDenominator(invert(2n ** 30n + 3n), 2n ** 20n)).toBeNull()
  expect(smallDenominator(random.bigintBelow(scalarModulus), 2n ** 20n)).toBeNull()
})
