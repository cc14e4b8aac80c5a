import { scalarModulus } from '#prover/curve/bn254.js'
import type { Constraint, LinearCombination, SmallCircuit } from './r1cs-writer.js'
import type { RandomSource } from './random-source.js'

/** A circuit and wire values that satisfy it. */
export interface SatisfiedCircuit {
  readonly circuit: SmallCircuit
  readonly witness: readonly bigint[]
}

/**
 * A random circuit of 1 to 24 constraints with wires that nothing uses, empty combinations, repeated wires, and
 * coefficients at the borders of the field; every constraint makes one new wire.
 */
export function randomCircuit(random: RandomSource): SatisfiedCircuit {
  const outputCount = random.below(3)
  const publicInputCount = random.below(4)
  const privateInputCount = random.below(3)
  const inputs = outputCount + publicInputCount + privateInputCount
  const witness = [1n, ...Array.from({ length: inputs }, () => randomValue(random))]
  const constraints = Array.from({ length: 1 + random.below(24) }, (): Constraint => {
    const [a, b, partial] = [0, 1, 2].map(() => combination(random, witness.length)) as [
      LinearCombination,
      LinearCombination,
      LinearCombination,
    ]
    const missing = evaluate(a, witness) * evaluate(b, witness) - evaluate(partial, witness)
    witness.push(modulo(-missing))
    return [a, b, [...partial, [witness.length - 1, -1n]]]
  })
  return {
    circuit: { wireCount: witness.length, outputCount, publicInputCount, privateInputCount, constraints },
    witness,
  }
}

export function evaluate(combination: LinearCombination, witness: readonly bigint[]): bigint {
  return modulo(combination.reduce((sum, [wire, coefficient]) => sum + coefficient * witness[wire]!, 0n))
}

function combination(random: RandomSource, wires: number): LinearCombination {
  return Array.from({ length: random.below(5) }, () => [random.below(wires), randomValue(random)] as const)
}

function randomValue(random: RandomSource): bigint {
  const r = scalarModulus
  return random.pick([0n, 1n, 2n, r - 1n, r - 2n, BigInt(random.below(1000)), random.bigintBelow(r)])
}

function modulo(value: bigint): bigint {
  return ((value % scalarModulus) + scalarModulus) % scalarModulus
}
