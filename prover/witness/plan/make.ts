import type { R1cs, SparseMatrix } from '#prover/r1cs/r1cs.js'
import {
  type BooleanSum,
  booleanSums,
  type Decomposition,
  readDecomposition,
} from '#prover/witness/plan/bits.js'
import { Bounds, magnitude, productRange, type Range } from '#prover/witness/plan/bounds.js'
import { centred, invert, reduce, smallDenominator } from '#prover/witness/plan/field.js'
import { type AffineForm, Coefficients, FormTable, largestNumber } from '#prover/witness/plan/forms.js'
import type { InputSignal } from '#prover/witness/plan/inputs.js'
import { noForm, type PlanInput, stepKinds, type WitnessPlan } from '#prover/witness/plan/plan.js'
import { ConstraintSystem } from '#prover/witness/plan/system.js'

/** Denominators of coefficients that are cleared, so that interpolated sums stay numbers. */
const largestDenominator = 2n ** 20n

/**
 * Finds the steps that compute a circuit's wires: constraint after constraint, each solved for what is unknown in it.
 *
 * @param signals the inputs in the order in which the circuit declares them
 * @returns null where some wire follows from no constraint in a way that is known here
 */
export function makePlan(r1cs: R1cs, signals: readonly InputSignal[]): WitnessPlan | null {
  const ordered = [
    ...signals.filter(({ isPublic }) => isPublic),
    ...signals.filter(({ isPublic }) => !isPublic),
  ]
  const count = (some: readonly InputSignal[]) => some.reduce((sum, { ranges }) => sum + ranges.length, 0)
  const publicInputs = count(ordered.filter(({ isPublic }) => isPublic))
  if (publicInputs !== r1cs.publicInputCount || count(ordered) !== publicInputs + r1cs.privateInputCount)
    return null
  const wires = wiresOfInputs(r1cs, ordered)
  return wires && new Planner(r1cs, ordered, wires).plan()
}

/**
 * The wire of each input element. Circom labels outputs, public inputs and private inputs in this order from 1 on;
 * where an input has no wire of its own, it is that of an output.
 */
function wiresOfInputs(r1cs: R1cs, signals: readonly InputSignal[]): Uint32Array | null {
  const { labels, outputCount, publicInputCount, privateInputCount } = r1cs
  const inputs = publicInputCount + privateInputCount
  const wires = new Uint32Array(inputs)
  const end = Math.min(labels.length, 1 + outputCount + inputs)
  for (let wire = 1; wire < end; wire++) {
    const input = labels[wire]! - 1 - outputCount
    if (input >= 0 && input < inputs) wires[input] = wire
  }
  let first = 0
  for (const { ranges, shown } of signals) {
    for (const [element, output] of shown ?? [])
      if (wires[first + element] === 0) wires[first + element] = 1 + output
    first += ranges.length
  }
  return wires.includes(0) ? null : wires
}

class Planner {
  readonly #coefficients = new Coefficients()
  readonly #system: ConstraintSystem
  readonly #forms = new FormTable()
  readonly #bounds: Bounds
  readonly #steps: number[] = []
  readonly #known: Uint8Array
  readonly #boolean: Uint8Array
  /** Of each constraint: the distinct wires that are unknown, and those of them that are no booleans. */
  readonly #unknown: Uint32Array
  readonly #unknownNumbers: Uint32Array
  /** Whether a constraint makes a sum boolean. */
  readonly #makesBoolean: Uint8Array
  readonly #queue: number[] = []
  readonly #queued: Uint8Array

  constructor(
    private readonly r1cs: R1cs,
    private readonly signals: readonly InputSignal[],
    private readonly inputWires: Uint32Array,
  ) {
    this.#system = new ConstraintSystem(r1cs, this.#coefficients)
    this.#bounds = new Bounds(r1cs.wireCount, this.#coefficients)
    this.#known = new Uint8Array(r1cs.wireCount)
    this.#boolean = new Uint8Array(r1cs.wireCount)
    this.#unknown = new Uint32Array(r1cs.constraintCount)
    this.#unknownNumbers = new Uint32Array(r1cs.constraintCount)
    this.#queued = new Uint8Array(r1cs.constraintCount)
    this.#makesBoolean = new Uint8Array(r1cs.constraintCount)
  }

  plan(): WitnessPlan | null {
    this.#readSums()
    const inputs = this.#readInputs()
    for (let constraint = 0; constraint < this.r1cs.constraintCount; constraint++) this.#consider(constraint)
    for (let next = 0; next < this.#queue.length; next++) {
      const constraint = this.#queue[next]!
      this.#queued[constraint] = 0
      if (this.#unknown[constraint]! > 0) this.#solve(constraint)
    }
    if (this.#known.includes(0)) return null
    const ranges = this.signals.flatMap((signal) => signal.ranges)
    return {
      wireCount: this.r1cs.wireCount,
      inputs,
      inputWires: this.inputWires,
      lows: Float64Array.from(ranges, (range) => range?.lo ?? Number.NaN),
      highs: Float64Array.from(ranges, (range) => range?.hi ?? Number.NaN),
      coefficients: this.#coefficients.toBytes(),
      forms: this.#forms.toForms(),
      steps: Uint32Array.from(this.#steps),
    }
  }

  #readSums(): void {
    const { constraintCount } = this.r1cs
    for (let constraint = 0; constraint < constraintCount; constraint++) {
      const sums = booleanSums(this.#system, constraint)
      const wire = sums?.find((sum) => this.#isWire(sum))
      if (wire) this.#boolean[wire.form.wires[0]!] = 1
      else if (sums) this.#makesBoolean[constraint] = 1
    }
    const { starts, items } = this.#system.wiresOf
    for (let constraint = 0; constraint < constraintCount; constraint++) {
      const wires = items.subarray(starts[constraint]!, starts[constraint + 1]!)
      this.#unknown[constraint] = wires.length
      for (const wire of wires) this.#unknownNumbers[constraint]! += 1 - this.#boolean[wire]!
    }
  }

  /** Whether a sum is one wire as it stands. */
  #isWire({ form, sign }: BooleanSum): boolean {
    const { values } = this.#coefficients
    return (
      form.wires.length === 1 && values[form.factors[0]!] === BigInt(sign) && values[form.constant] === 0n
    )
  }

  #readInputs(): PlanInput[] {
    this.#bounds.set(0, { lo: 1, hi: 1 })
    this.#known[0] = 1
    let input = 0
    return this.signals.map(({ name, ranges }) => {
      for (const range of ranges) this.#learn(this.inputWires[input++]!, range)
      return { name, count: ranges.length }
    })
  }

  #learn(wire: number, range: Range | null): void {
    if (range !== null) this.#bounds.set(wire, range)
    this.#known[wire] = 1
    const { starts, items } = this.#system.constraintsOf
    for (let at = starts[wire]!; at < starts[wire + 1]!; at++) {
      const constraint = items[at]!
      this.#unknown[constraint]!--
      if (this.#boolean[wire] === 0) this.#unknownNumbers[constraint]!--
      this.#consider(constraint)
    }
  }

  /** Puts a constraint into the queue where so little is unknown in it that it may be solved. */
  #consider(constraint: number): void {
    if (this.#queued[constraint] === 1 || this.#unknown[constraint] === 0) return
    const isReady = this.#makesBoolean[constraint]
      ? this.#unknownNumbers[constraint]! <= 1
      : this.#unknown[constraint]! <= 2
    if (!isReady) return
    this.#queued[constraint] = 1
    this.#queue.push(constraint)
  }

  #solve(constraint: number): void {
    if (this.#makesBoolean[constraint]) this.#solveBits(constraint)
    else if (this.#unknown[constraint] === 1) this.#solveProduct(constraint)
    else this.#solveInverse(constraint)
  }

  #isUnknown = (wire: number): boolean => this.#known[wire] === 0
  #isBoolean = (wire: number): boolean => this.#boolean[wire] === 1

  /** a · b = rest + k · target. */
  #solveProduct(constraint: number): void {
    const { a, b, c } = this.r1cs
    const result = this.#system.row(c, constraint)
    const at = result.wires.findIndex(this.#isUnknown)
    const [left, right] = [this.#system.row(a, constraint), this.#system.row(b, constraint)]
    if (at < 0 || left.wires.some(this.#isUnknown) || right.wires.some(this.#isUnknown)) return
    const coefficients = this.#coefficients
    const isLinear = this.#system.isEmpty(a, constraint) || this.#system.isEmpty(b, constraint)
    let rest = without(result, at)
    let factor = result.factors[at]!
    if (isLinear) [rest, factor] = this.#clearDenominators(rest, factor)
    const [first, second] = [this.#canonical(left), this.#canonical(right)]
    // sign·first·second - rest = factor·target
    if (first.sign * second.sign > 0 || isLinear) rest = this.#negative(rest)
    else factor = coefficients.negative(factor)
    const hasRest = rest.wires.length > 0 || coefficients.values[rest.constant] !== 0n
    const forms = isLinear ? null : ([first.form, second.form] as const)
    const range = this.#productRange(forms, hasRest ? rest : null, coefficients.numbers[factor]!)
    const target = result.wires[at]!
    this.#steps.push(
      range === null ? stepKinds.fieldProduct : stepKinds.numberProduct,
      target,
      forms ? this.#forms.indexOf(forms[0]) : noForm,
      forms ? this.#forms.indexOf(forms[1]) : noForm,
      hasRest ? this.#forms.indexOf(rest) : noForm,
      range === null ? coefficients.indexOf(invert(coefficients.values[factor]!)) : factor,
    )
    this.#learn(target, range)
  }

  /** Bounds of (a·b + c) / k, or null where it is no exact number. */
  #productRange(
    forms: readonly [AffineForm, AffineForm] | null,
    rest: AffineForm | null,
    divisor: number,
  ): Range | null {
    const ranges = (forms ?? []).map((form) => this.#rangeOf(form))
    const restRange = rest === null ? { lo: 0, hi: 0 } : this.#rangeOf(rest)
    if (restRange === null || ranges.includes(null) || Number.isNaN(divisor)) return null
    const product = forms === null ? { lo: 0, hi: 0 } : productRange(ranges[0]!, ranges[1]!)
    const { lo, hi } = { lo: product.lo + restRange.lo, hi: product.hi + restRange.hi }
    if (magnitude(product) + magnitude(restRange) >= largestNumber) return null
    const ends = [lo / divisor, hi / divisor]
    return { lo: Math.floor(Math.min(...ends)), hi: Math.ceil(Math.max(...ends)) }
  }

  /** A linear relation of numbers with coefficients of small denominator, multiplied by the least common one. */
  #clearDenominators(rest: AffineForm, factor: number): [AffineForm, number] {
    const { numbers, values } = this.#coefficients
    const all = [...rest.factors, rest.constant, factor]
    if (!all.some((index) => Number.isNaN(numbers[index]!))) return [rest, factor]
    if (!rest.wires.every((wire) => this.#bounds.isNumber(wire))) return [rest, factor]
    let common = 1n
    for (const index of all) {
      const denominator = smallDenominator(values[index]!, largestDenominator)
      if (denominator === null) return [rest, factor]
      common = (common / gcd(common, denominator)) * denominator
      if (common > largestDenominator) return [rest, factor]
    }
    const times = (index: number) => this.#coefficients.indexOf(values[index]! * common)
    const { wires, factors, constant } = rest
    return [{ wires, factors: factors.map(times), constant: times(constant) }, times(factor)]
  }

  #solveBits(constraint: number): void {
    for (const sum of booleanSums(this.#system, constraint) ?? []) {
      const found = readDecomposition(this.#system, sum, this.#isUnknown, this.#isBoolean)
      if (found === null) continue
      this.#decompose(sum, found)
      return
    }
  }

  #decompose(sum: BooleanSum, { bits, quotient }: Decomposition): void {
    const { wires, factors, constant } = sum.form
    const kept = wires.flatMap((wire, k) => (this.#isUnknown(wire) ? [] : [k]))
    const { form, sign } = this.#canonical({
      wires: kept.map((k) => wires[k]!),
      factors: kept.map((k) => factors[k]!),
      constant,
    })
    const range = this.#rangeOf(form)
    const isPositive = sign * sum.sign > 0
    this.#steps.push(
      range === null ? stepKinds.fieldBits : stepKinds.numberBits,
      this.#forms.indexOf(form),
      isPositive ? 1 : 0,
      quotient,
      bits.length,
      ...bits,
    )
    const width = bits.length + 1
    if (quotient === 0 && width <= 52) {
      const start = this.#coefficients.values[form.constant]!
      // 0 <= ±(linear part + start) < 2^width
      const [lo, hi] = isPositive
        ? [-start, 2n ** BigInt(width) - 1n - start]
        : [1n - 2n ** BigInt(width) - start, -start]
      const [low, high] = [Number(lo), Number(hi)]
      if (Number.isSafeInteger(low) && Number.isSafeInteger(high))
        this.#bounds.check(this.#keyOf(form), { lo: low, hi: high })
    }
    for (const bit of bits) this.#learn(bit, { lo: 0, hi: 1 })
    if (quotient === 0) return
    const { lo, hi } = range ?? { lo: Number.NaN, hi: Number.NaN }
    const ends = isPositive ? [lo, hi] : [-hi, -lo]
    this.#learn(quotient, { lo: Math.floor(ends[0]! / 2 ** width), hi: Math.floor(ends[1]! / 2 ** width) })
  }

  /**
   * form · (k · inverse) = c0 + c1 · outcome, with form · (d0 + d1 · outcome) = 0 elsewhere: where the form is 0, so
   * are inverse and c0 + c1 · outcome; elsewhere the outcome is -d0 / d1.
   */
  #solveInverse(constraint: number): void {
    const { a, b, c } = this.r1cs
    const result = this.#system.row(c, constraint)
    const [outcome] = result.wires
    if (result.wires.length !== 1 || !this.#isUnknown(outcome!)) return
    for (const [tested, inverted] of [
      [a, b],
      [b, a],
    ] as const) {
      const form = this.#system.row(tested, constraint)
      const other = this.#system.row(inverted, constraint)
      const [inverse] = other.wires
      const { values } = this.#coefficients
      if (other.wires.length !== 1 || !this.#isUnknown(inverse!) || values[other.constant] !== 0n) continue
      if (form.wires.length === 0 || form.wires.some(this.#isUnknown)) continue
      const whenNot = this.#outcomeWhenNot(form, outcome!)
      if (whenNot === null) continue
      const [c0, c1] = [values[result.constant]!, values[result.factors[0]!]!]
      const whenZero = centred(reduce(-c0 * invert(c1)))
      if (!Number.isSafeInteger(Number(whenNot)) || !Number.isSafeInteger(Number(whenZero))) continue
      const factor = reduce((c0 + c1 * whenNot) * invert(values[other.factors[0]!]!))
      this.#steps.push(
        stepKinds.inverse,
        this.#forms.indexOf(form),
        inverse!,
        outcome!,
        ...[factor, whenZero, whenNot].map((value) => this.#coefficients.indexOf(value)),
      )
      const ends = [Number(whenZero), Number(whenNot)]
      this.#learn(outcome!, { lo: Math.min(...ends), hi: Math.max(...ends) })
      this.#learn(inverse!, null)
      return
    }
  }

  /** What form · (d0 + d1 · outcome) = 0 makes of the outcome where the form is not 0. */
  #outcomeWhenNot(form: AffineForm, outcome: number): bigint | null {
    const { starts, items } = this.#system.constraintsOf
    const { a, b, c } = this.r1cs
    const { values } = this.#coefficients
    const tested = this.#forms.indexOf(this.#canonical(form).form)
    for (let at = starts[outcome]!; at < starts[outcome + 1]!; at++) {
      const constraint = items[at]!
      if (!this.#system.isEmpty(c, constraint)) continue
      const rows = [a, b].map((matrix: SparseMatrix) => this.#system.row(matrix, constraint))
      for (const [same, other] of [rows, rows.toReversed()] as [AffineForm, AffineForm][]) {
        if (other.wires.length !== 1 || other.wires[0] !== outcome) continue
        if (same.wires.some(this.#isUnknown) || this.#forms.indexOf(this.#canonical(same).form) !== tested)
          continue
        return centred(reduce(-values[other.constant]! * invert(values[other.factors[0]!]!)))
      }
    }
    return null
  }

  /** A form times ±1, such that its first coefficient is positive: circom negates one factor of a product. */
  #canonical(form: AffineForm): { readonly form: AffineForm; readonly sign: 1 | -1 } {
    const [first = form.constant] = form.factors
    return this.#coefficients.values[first]! < 0n
      ? { form: this.#negative(form), sign: -1 }
      : { form, sign: 1 }
  }

  #negative({ wires, factors, constant }: AffineForm): AffineForm {
    const negative = (index: number) => this.#coefficients.negative(index)
    return { wires, factors: factors.map(negative), constant: negative(constant) }
  }

  #keyOf(form: AffineForm): string {
    const { pattern, base } = this.#forms.part(form)
    return `${pattern} ${base}`
  }

  #rangeOf(form: AffineForm): Range | null {
    return this.#bounds.of(form, this.#keyOf(form))
  }
}

function without({ wires, factors, constant }: AffineForm, at: number): AffineForm {
  return { wires: wires.toSpliced(at, 1), factors: factors.toSpliced(at, 1), constant }
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b)
}
