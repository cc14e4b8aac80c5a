import { expect, test } from 'vitest'
import { Assignment } from '../../support/circuit/assignment.js'
import { PrimeField } from '../../support/circuit/field.js'
import { combine, type Linear } from '../../support/circuit/linear.js'
import { solve } from '../../support/circuit/solve.js'
import { type Product, systemOf } from '../../support/circuit/system.js'
import { RandomSource } from '../../support/random-source.js'

const wireCount = 5
const output = wireCount - 1

/** Constraints as circom writes them: booleans, decompositions, products, sums; few wires, so that they meet. */
function randomConstraints(field: PrimeField, random: RandomSource): Product[] {
  const form = (): Linear => {
    const terms = Array.from(
      { length: random.below(4) },
      () => [1 + random.below(wireCount - 1), random.bigintBelow(field.modulus)] as const,
    )
    const empty = { terms: [], constant: random.pick([0n, 0n, 1n]) }
    return combine(field, [1n, { terms, constant: 0n }], [1n, empty])
  }
  const nothing: Linear = { terms: [], constant: 0n }
  const one: Linear = { terms: [], constant: 1n }
  const boolean = (l: Linear): Product => ({ a: l, b: combine(field, [1n, l], [-1n, one]), c: nothing })
  return Array.from({ length: 2 + random.below(5) }, () => {
    const kind = random.below(6)
    if (kind <= 1) return boolean({ terms: [[1 + random.below(wireCount - 1), 1n]], constant: 0n })
    if (kind === 2) return boolean(form())
    if (kind === 3) return { a: one, b: form(), c: nothing }
    return { a: form(), b: form(), c: kind === 4 ? form() : nothing }
  })
}

test.each([5n, 7n, 13n])('finds another output exactly where enumeration does, modulo %d', (modulus) => {
  const field = new PrimeField(modulus)
  const random = new RandomSource(Number(modulus))
  const all = Array.from({ length: Number(modulus) }, (_, value) => BigInt(value))
  let [found, none] = [0, 0]
  for (let round = 0; round < 400; round++) {
    const constraints = randomConstraints(field, random)
    const system = systemOf(field, wireCount, constraints)
    const [input, expected] = [random.bigintBelow(modulus), random.bigintBelow(modulus)]
    const evaluate = ({ terms, constant }: Linear, values: readonly bigint[]) =>
      terms.reduce((sum, [wire, coefficient]) => sum + coefficient * values[wire]!, constant)
    const holds = (values: readonly bigint[]) =>
      constraints.every(
        ({ a, b, c }) => field.reduce(evaluate(a, values) * evaluate(b, values) - evaluate(c, values)) === 0n,
      )
    const exists = all.some((x) =>
      all.some((y) => all.some((z) => z !== expected && holds([1n, input, x, y, z]))),
    )
    const { solution, complete } = solve(Assignment.of(system, new Map([[1, input]])), {
      accept: (values) => values[output] !== expected,
      hopeless: (values) => values[output] === expected,
      trials: () => all,
      trialsAreAll: true,
      wanted: [output],
      budget: 1e6,
    })
    if (solution) expect(holds(solution) && solution[output] !== expected && solution[1] === input).toBe(true)
    else expect(complete).toBe(true)
    expect(
      solution !== null,
      JSON.stringify(constraints, (_, v) => (typeof v === 'bigint' ? `${v}` : v)),
    ).toBe(exists)
    if (exists) found++
    else none++
  }
  expect(Math.min(found, none)).toBeGreaterThan(50)
})
