import { scalarModulus } from '#prover/curve/bn254.js'
import type { NamedCircuit } from './compile.js'
import { PrimeField } from './field.js'
import type { Linear } from './linear.js'
import { constraintsOf, type Product, type System, systemOf } from './system.js'

/** A circuit, or one of several that were compiled side by side, with wires of its own numbering. */
export interface Part {
  readonly name: string
  readonly system: System
  readonly constraintCount: number
  readonly constraints: readonly Product[]
  readonly wireNames: readonly string[]
  /** Wire of the compiled circuit for each wire of the part. */
  readonly wires: readonly number[]
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
}

const field = new PrimeField(scalarModulus)

/** The whole circuit as one part; outputs and public inputs come first among its wires. */
export function wholePart(name: string, { r1cs, names }: NamedCircuit): Part {
  const constraints = constraintsOf(r1cs)
  const inputCount = r1cs.publicInputCount + r1cs.privateInputCount
  return {
    name,
    system: systemOf(field, r1cs.wireCount, constraints),
    constraintCount: constraints.length,
    constraints,
    wireNames: names,
    wires: names.map((_, wire) => wire),
    outputs: Array.from({ length: r1cs.outputCount }, (_, i) => 1 + i),
    inputs: Array.from({ length: inputCount }, (_, i) => 1 + r1cs.outputCount + i),
  }
}

/** The parts of a batch (see `batchSource`): names tell which part a wire belongs to. */
export function splitParts({ r1cs, names }: NamedCircuit, partNames: readonly string[]): Part[] {
  const partOf = names.map((name) => Number(/^main\.[xyg](\d+)[.[]/.exec(name)?.[1] ?? -1))
  const wires: number[][] = partNames.map(() => [0])
  const local = names.map((_, wire) => {
    const part = partOf[wire]!
    return part < 0 ? 0 : wires[part]!.push(wire) - 1
  })
  const constraints: Product[][] = partNames.map(() => [])
  for (const { a, b, c } of constraintsOf(r1cs)) {
    const owners = new Set([a, b, c].flatMap((form) => form.terms.map(([wire]) => partOf[wire]!)))
    if (owners.size !== 1) throw new Error(`a constraint belongs to ${owners.size} parts`)
    const move = (form: Linear): Linear => ({
      ...form,
      terms: form.terms.map(([wire, coefficient]) => [local[wire]!, coefficient]),
    })
    constraints[[...owners][0]!]!.push({ a: move(a), b: move(b), c: move(c) })
  }
  return partNames.map((name, part) => {
    const own = wires[part]!
    const named = (letter: string) =>
      own.flatMap((wire, at) => (names[wire]!.startsWith(`main.${letter}${part}[`) ? [at] : []))
    return {
      name,
      system: systemOf(field, own.length, constraints[part]!),
      constraintCount: constraints[part]!.length,
      constraints: constraints[part]!,
      wireNames: own.map((wire) => names[wire]!),
      wires: own,
      inputs: named('x'),
      outputs: named('y'),
    }
  })
}
