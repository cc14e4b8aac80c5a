import { scalarModulus } from '#prover/curve/bn254.js'
import type { Constraint, LinearCombination } from './r1cs-writer.js'
import { evaluate, type SatisfiedCircuit } from './random-circuit.js'
import type { RandomSource } from './random-source.js'

/** What is drawn for a circuit of a shape; all of it may be 0. */
interface Draw {
  readonly constraints: number
  readonly inputs: number
  /** Public wires, of all but the constant. */
  readonly publics: (wires: number) => number
  readonly terms: () => number
  readonly coefficient: () => bigint
  readonly value: () => bigint
}

const r = scalarModulus
/** Borders of the machine integers that small coefficients and witness values are kept in, and of limbs. */
const borders = [31n, 32n, 52n, 63n, 64n, 104n, 128n, 208n, 253n].flatMap((power) =>
  [-1n, 0n, 1n].map((step) => (1n << power) + step),
)
const extremes = [...borders, ...borders.map((border) => r - border), r - 1n, r - 2n, r / 2n, r / 2n + 1n]

/** Each shape by its name, with what it draws. */
const shapes: Readonly<Record<string, (random: RandomSource) => Partial<Draw>>> = {
  'any mixture': () => ({}),
  'one constraint': () => ({ constraints: 1 }),
  'no private wire': () => ({ publics: (wires) => wires }),
  'no public wire': () => ({ publics: () => 0 }),
  'bits and small weights': (random) => ({
    constraints: 40 + random.below(200),
    terms: () => 1 + random.below(9),
    coefficient: () => random.pick([1n, r - 1n, 2n, r - 2n, BigInt(random.below(256))]),
    value: () => BigInt(random.below(2)),
  }),
  'coefficients and values at borders': (random) => ({
    coefficient: () => random.pick(extremes),
    value: () => random.pick(extremes),
  }),
  'the same wire again and again': (random) => ({ inputs: 1, terms: () => 6 + random.below(6) }),
  'rows of zeros': () => ({ terms: () => 0 }),
  'wires that nothing uses': (random) => ({
    inputs: 20 + random.below(60),
    constraints: 1 + random.below(3),
  }),
  'a witness of zeros': () => ({ value: () => 0n, terms: () => 1 }),
  'a witness of equal values': (random) => {
    const value = random.bigintBelow(r)
    return { inputs: 40, value: () => value }
  },
}

export const shapeNames = Object.keys(shapes)

/**
 * A random circuit of a shape with a witness that satisfies it. Every constraint makes a new wire or, one in four,
 * holds whatever its wires are; a third of the circuits fill their domain exactly, a third miss that by a row.
 */
export function shapedCircuit(random: RandomSource, shape: string): SatisfiedCircuit {
  const draw: Draw = {
    constraints: 1 + random.below(24),
    inputs: random.below(8),
    publics: (wires) => random.below(Math.min(wires, 6) + 1),
    terms: () => random.below(5),
    coefficient: () => randomValue(random),
    value: () => randomValue(random),
    ...shapes[shape]!(random),
  }
  const witness = [1n, ...Array.from({ length: draw.inputs }, draw.value)]
  const constraints: Constraint[] = []
  const combination = (): LinearCombination =>
    Array.from({ length: draw.terms() }, () => [random.below(witness.length), draw.coefficient()] as const)
  const extend = (): void => {
    const [a, b, partial] = [combination(), combination(), combination()]
    if (random.below(4) === 0) {
      constraints.push(
        random.pick<Constraint>([
          [a, [], []],
          [[], b, []],
          [a, [[0, 1n]], a],
          [[], [], []],
        ]),
      )
      return
    }
    const product = evaluate(a, witness) * evaluate(b, witness)
    witness.push(modulo(product - evaluate(partial, witness)))
    constraints.push([a, b, [...partial, [witness.length - 1, 1n]]])
  }
  for (let index = 0; index < draw.constraints; index++) extend()
  const publics = draw.publics(witness.length - 1)
  const beyond = random.below(3)
  // Constraints without wires fill the domain up, exactly or by one too many.
  const rows = constraints.length + publics + 1
  const missing = 2 ** Math.ceil(Math.log2(rows)) - rows + (beyond === 2 ? 1 : 0)
  if (beyond > 0) for (let index = 0; index < missing; index++) constraints.push([[], [], []])
  const outputCount = random.below(publics + 1)
  return {
    circuit: {
      wireCount: witness.length,
      outputCount,
      publicInputCount: publics - outputCount,
      privateInputCount: Math.max(0, draw.inputs - publics),
      constraints,
    },
    witness,
  }
}

function randomValue(random: RandomSource): bigint {
  return random.pick([
    0n,
    1n,
    2n,
    r - 1n,
    BigInt(random.below(1000)),
    random.pick(extremes),
    random.bigintBelow(r),
  ])
}

function modulo(value: bigint): bigint {
  return ((value % r) + r) % r
}
