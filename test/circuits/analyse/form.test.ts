import { expect, test } from 'vitest'
import {
  type AffineForm,
  constantForm,
  differenceUpper,
  FormSum,
  formInterval,
  isTrivial,
  wireForm,
} from '#circuits/analyse/form.js'
import { randomSource } from '../../support/random-graph.js'

const wireCount = 4
const bounds = { lo: [-2, 0, 1, -3], hi: [1, 2, 1, -1] }

/** All assignments of the wires within their bounds. */
function* assignments(wire = 0, values: readonly number[] = []): Generator<readonly number[]> {
  if (wire === wireCount) yield values
  else for (let v = bounds.lo[wire]!; v <= bounds.hi[wire]!; v++) yield* assignments(wire + 1, [...values, v])
}

const evaluate = (form: AffineForm, values: readonly number[]): number =>
  form.wires.reduce((sum, wire, i) => sum + form.factors[i]! * values[wire]!, form.constant)

function randomForm(random: () => number): AffineForm {
  const sum = new FormSum().start(Math.floor(random() * 21) - 10)
  for (let wire = 0; wire < wireCount; wire++) {
    if (random() < 0.6) sum.add(wireForm(wire), Math.floor(random() * 9) - 4)
  }
  return sum.finish()
}

test('a sum is what its terms add up to, wires in order and without repetition', () => {
  const random = randomSource(1)
  const sum = new FormSum()
  for (let i = 0; i < 200; i++) {
    const terms = Array.from({ length: 4 }, () => {
      return { form: randomForm(random), factor: Math.floor(random() * 7) - 3 }
    })
    sum.start(i)
    for (const { form, factor } of terms) sum.add(form, factor)
    const total = sum.finish()
    expect(Array.from(total.wires)).toEqual(Array.from(new Set(total.wires)).sort((a, b) => a - b))
    expect(total.factors).not.toContain(0)
    for (const values of assignments()) {
      const expected = terms.reduce((part, { form, factor }) => part + factor * evaluate(form, values), i)
      expect(evaluate(total, values)).toBe(expected)
    }
  }
})

test('terms that cancel leave no wire', () => {
  const sum = new FormSum().start(3)
  for (const factor of [2, -5, 3]) sum.add(wireForm(1), factor)
  sum.add(wireForm(900), 1)
  const { wires, constant } = sum.finish()
  expect([Array.from(wires), constant]).toEqual([[900], 3])
})

test('the range of a form, and of a difference, is the one over all assignments', () => {
  const random = randomSource(2)
  for (let i = 0; i < 200; i++) {
    const [a, b] = [randomForm(random), randomForm(random)]
    const values = Array.from(assignments())
    const ofA = values.map((each) => evaluate(a, each))
    const differences = values.map((each) => evaluate(a, each) - evaluate(b, each))
    expect(formInterval(a, bounds)).toEqual({ lo: Math.min(...ofA), hi: Math.max(...ofA) })
    expect(differenceUpper(a, b, bounds)).toBe(Math.max(...differences))
  }
})

test('constants and single wires are trivial, whatever is scaled, shifted or summed is not', () => {
  const sum = new FormSum()
  const scaled = (factor: number, constant: number) => {
    sum.start(constant).add(wireForm(0), factor)
    return sum.finish()
  }
  expect([constantForm(0), constantForm(7), wireForm(3), scaled(0, 5)].map(isTrivial)).not.toContain(false)
  expect([scaled(2, 0), scaled(-1, 0), scaled(1, 1)].map(isTrivial)).not.toContain(true)
})
