import { fieldBytes, scalarModulus } from '#prover/curve/bn254.js'
import { fromLittleEndian } from '#prover/curve/bytes.js'
import { layoutWitness } from '#prover/r1cs/witness.js'
import type { SignalValues } from '#prover/witness/calculate.js'
import { centred, invert, reduce } from '#prover/witness/plan/field.js'
import { noForm, stepKinds, type WitnessPlan } from '#prover/witness/plan/plan.js'

/** Inverses of small numbers that are kept between witnesses. */
const mostInverses = 4096

const modulusWords = Uint32Array.from({ length: 8 }, (_, i) =>
  Number((scalarModulus >> BigInt(32 * i)) & 0xffffffffn),
)

/** Computes witnesses by a plan; made once for any number of them. */
export class PlannedWitness {
  /** Coefficients of terms and constants of forms as numbers; NaN beyond 53 bits. */
  readonly #factors: Float64Array
  readonly #constants: Float64Array
  /** The same in the field, by index. */
  readonly #coefficients: readonly bigint[]
  readonly #inverses = new Map<bigint, bigint>()

  constructor(private readonly plan: WitnessPlan) {
    const { coefficients, forms } = plan
    this.#coefficients = Array.from({ length: coefficients.length / fieldBytes }, (_, index) =>
      centred(fromLittleEndian(coefficients, index * fieldBytes)),
    )
    const numbers = Float64Array.from(this.#coefficients, (value) =>
      Number.isSafeInteger(Number(value)) ? Number(value) : Number.NaN,
    )
    this.#factors = Float64Array.from(forms.factors, (index) => numbers[index]!)
    this.#constants = Float64Array.from(forms.constants, (index) => numbers[index]!)
  }

  /**
   * The bytes of a `.wtns`, equal to what circom's calculator gives.
   * @returns null for inputs that the plan does not cover: out of bounds, or refused by the circuit
   */
  calculate(signals: SignalValues): Uint8Array | null {
    const { wireCount } = this.plan
    const values = new Float64Array(wireCount)
    const elements = new Array<bigint | undefined>(wireCount)
    values[0] = 1
    if (!this.#readInputs(signals, values, elements)) return null
    if (!this.#run(values, elements)) return null
    return writeValues(values, elements)
  }

  #readInputs(signals: SignalValues, values: Float64Array, elements: (bigint | undefined)[]): boolean {
    const { inputs, inputWires, lows, highs } = this.plan
    if (Object.keys(signals).length !== inputs.length) return false
    let first = 0
    for (const { name, count } of inputs) {
      const given = signals[name]
      const list = typeof given === 'bigint' ? [given] : given
      if (list?.length !== count) return false
      for (let i = 0; i < count; i++) {
        const element = list[i]!
        const wire = inputWires[first + i]!
        const low = lows[first + i]!
        if (Number.isNaN(low)) {
          elements[wire] = reduce(element)
          continue
        }
        const value = Number(centred(element))
        if (!(value >= low && value <= highs[first + i]!)) return false
        values[wire] = value
      }
      first += count
    }
    return true
  }

  #run(values: Float64Array, elements: (bigint | undefined)[]): boolean {
    const { steps } = this.plan
    const { patternStarts, offsets, patterns, bases } = this.plan.forms
    const factors = this.#factors
    const constants = this.#constants
    const coefficients = this.#coefficients
    const evaluate = (form: number): number => {
      const pattern = patterns[form]!
      const base = bases[form]!
      let sum = constants[form]!
      for (let k = patternStarts[pattern]!, end = patternStarts[pattern + 1]!; k < end; k++) {
        sum += factors[k]! * values[base + offsets[k]!]!
      }
      return sum
    }
    const field = new FieldForms(this.plan, coefficients, values, elements)
    for (let at = 0; at < steps.length; ) {
      const kind = steps[at]!
      if (kind === stepKinds.numberProduct) {
        const [a, c] = [steps[at + 2]!, steps[at + 4]!]
        let value = c === noForm ? 0 : evaluate(c)
        if (a !== noForm) value += evaluate(a) * evaluate(steps[at + 3]!)
        const divisor = Number(coefficients[steps[at + 5]!]!)
        value /= divisor
        if (!Number.isInteger(value)) return false
        values[steps[at + 1]!] = value
        at += 6
      } else if (kind === stepKinds.numberBits) {
        const quotient = steps[at + 3]!
        const count = steps[at + 4]!
        let sum = steps[at + 2] === 1 ? evaluate(steps[at + 1]!) : -evaluate(steps[at + 1]!)
        const size = 2 ** (count + 1)
        if (quotient !== 0) {
          const whole = Math.floor(sum / size)
          values[quotient] = whole
          sum -= whole * size
        } else if (sum < 0 || sum >= size) return false
        const low = sum >>> 0
        const high = Math.floor(sum / 2 ** 32)
        at += 5
        for (let i = 1; i <= count; i++) {
          values[steps[at++]!] = i < 32 ? (low >>> i) & 1 : (high >>> (i - 32)) & 1
        }
      } else if (kind === stepKinds.fieldProduct) {
        const [a, c] = [steps[at + 2]!, steps[at + 4]!]
        let value = c === noForm ? 0n : field.evaluate(c)
        if (a !== noForm) value += field.evaluate(a) * field.evaluate(steps[at + 3]!)
        elements[steps[at + 1]!] = reduce(value * coefficients[steps[at + 5]!]!)
        at += 6
      } else if (kind === stepKinds.fieldBits) {
        const quotient = steps[at + 3]!
        const count = steps[at + 4]!
        const value = field.evaluate(steps[at + 1]!)
        let sum = centred(reduce(steps[at + 2] === 1 ? value : -value))
        const size = 1n << BigInt(count + 1)
        if (quotient !== 0) {
          const whole = sum >> BigInt(count + 1)
          elements[quotient] = reduce(whole)
          sum -= whole * size
        } else if (sum < 0n || sum >= size) return false
        at += 5
        for (let i = 1; i <= count; i++) values[steps[at++]!] = Number((sum >> BigInt(i)) & 1n)
      } else {
        const value = centred(reduce(field.evaluate(steps[at + 1]!)))
        elements[steps[at + 2]!] =
          value === 0n ? 0n : reduce(this.#inverse(value) * coefficients[steps[at + 4]!]!)
        values[steps[at + 3]!] = Number(coefficients[steps[at + (value === 0n ? 5 : 6)]!]!)
        at += 7
      }
    }
    return true
  }

  #inverse(value: bigint): bigint {
    const known = this.#inverses.get(value)
    if (known !== undefined) return known
    const inverse = invert(value)
    if (this.#inverses.size < mostInverses) this.#inverses.set(value, inverse)
    return inverse
  }
}

/** Forms in the field, each evaluated once: the S-boxes of a permutation read theirs three times. */
class FieldForms {
  readonly #known = new Map<number, bigint>()

  constructor(
    private readonly plan: WitnessPlan,
    private readonly coefficients: readonly bigint[],
    private readonly values: Float64Array,
    private readonly elements: readonly (bigint | undefined)[],
  ) {}

  /** The form's value, reduced. */
  evaluate(form: number): bigint {
    const known = this.#known.get(form)
    if (known !== undefined) return known
    const { patternStarts, offsets, factors, patterns, bases, constants } = this.plan.forms
    const pattern = patterns[form]!
    const base = bases[form]!
    let sum = this.coefficients[constants[form]!]!
    for (let k = patternStarts[pattern]!; k < patternStarts[pattern + 1]!; k++) {
      const wire = base + offsets[k]!
      const element = this.elements[wire]
      const factor = this.coefficients[factors[k]!]!
      if (element !== undefined) sum += factor * element
      else if (this.values[wire] !== 0) sum += factor * BigInt(this.values[wire]!)
    }
    const value = reduce(sum)
    this.#known.set(form, value)
    return value
  }
}

/** A `.wtns` of wires: elements of the field where there are some, numbers elsewhere. */
function writeValues(values: Float64Array, elements: readonly (bigint | undefined)[]): Uint8Array {
  const { bytes, content } = layoutWitness(values.length)
  const words = new Uint32Array(content.buffer, content.byteOffset, content.length / 4)
  for (let wire = 0; wire < values.length; wire++) {
    const value = values[wire]!
    const at = wire * 8
    if (value > 0) {
      words[at] = value
      if (value >= 2 ** 32) words[at + 1] = value / 2 ** 32
    } else if (value < 0) writeNegative(words, at, -value)
  }
  elements.forEach((element, wire) => {
    if (element === undefined) return
    for (let i = 0, rest = element; rest > 0n; i += 2, rest >>= 64n) {
      const low = BigInt.asUintN(64, rest)
      words[wire * 8 + i] = Number(low & 0xffffffffn)
      words[wire * 8 + i + 1] = Number(low >> 32n)
    }
  })
  return bytes
}

/** r less a positive number below 2^53. */
function writeNegative(words: Uint32Array, at: number, magnitude: number): void {
  let borrow = 0
  for (let i = 0; i < 8; i++) {
    const part = i === 0 ? magnitude % 2 ** 32 : i === 1 ? Math.floor(magnitude / 2 ** 32) : 0
    const difference = modulusWords[i]! - part - borrow
    borrow = difference < 0 ? 1 : 0
    words[at + i] = difference < 0 ? difference + 2 ** 32 : difference
  }
}
