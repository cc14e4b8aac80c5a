import { scalarModulus } from '#prover/curve/bn254.js'
import type { NamedCircuit } from './compile.js'
import { PrimeField } from './field.js'
import type { Linear } from './linear.js'
import { constraintsOf, type Product, type System, systemOf } from './system.js'

/** One of several circuits that were compiled side by side, with wires of its own numbering. */
export interface Part {
  readonly name: string
  readonly system: System
  readonly constraintCount: number
  readonly constraints: readonly Product[]
  readonly wireNames: readonly string[]
  /** Wire of the compiled circuit for each wire of the part. */
  readonly wires: readonly number[]
  /** Null where circom dropped an input that no constraint mentions. */
  readonly inputs: readonly (number | null)[]
  readonly outputs: readonly number[]
}

type PartShape = { readonly name: string; readonly inputCount: number; readonly outputCount: number }

const field = new PrimeField(scalarModulus)

/** The parts of a batch (see `batchSource`): names tell which part a wire belongs to. */
export function splitParts({ r1cs, names }: NamedCircuit, shapes: readonly PartShape[]): Part[] {
  const partOf = names.map((name) => Number(/^main\.[xyg](\d+)[.[]/.exec(name)?.[1] ?? -1))
  const wires: number[][] = shapes.map(() => [0])
  const local = names.map((_, wire) => {
    const part = partOf[wire]!
    return part < 0 ? 0 : wires[part]!.push(wire) - 1
  })
  const constraints: Product[][] = shapes.map(() => [])
  for (const { a, b, c } of constraintsOf(r1cs)) {
    const owners = new Set([a, b, c].flatMap((form) => form.terms.map(([wire]) => partOf[wire]!)))
    if (owners.size !== 1) throw new Error(`a constraint belongs to ${owners.size} parts`)
    const move = (form: Linear): Linear => ({
      ...form,
      terms: form.terms.map(([wire, coefficient]) => [local[wire]!, coefficient]),
    })
    constraints[[...owners][0]!]!.push({ a: move(a), b: move(b), c: move(c) })
  }
  return shapes.map(({ name, inputCount, outputCount }, part) => {
    const own = wires[part]!
    const at = new Map(own.map((wire, position) => [names[wire]!, position]))
    const named = (letter: string, count: number) =>
      Array.from({ length: count }, (_, i) => at.get(`main.${letter}${part}[${i}]`) ?? null)
    return {
      name,
      system: systemOf(field, own.length, constraints[part]!),
      constraintCount: constraints[part]!.length,
      constraints: constraints[part]!,
      wireNames: own.map((wire) => names[wire]!),
      wires: own,
      inputs: named('x', inputCount),
      outputs: named('y', outputCount).map((wire) => wire!),
    }
  })
}
