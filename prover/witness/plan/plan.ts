/**
 * A witness plan: the steps that compute every wire of a circuit from its inputs, found in its constraints alone.
 *
 * A step evaluates affine forms of wires that are known, so a plan knows nothing of networks or gadgets, and what it
 * computes satisfies the constraints that it was made from. Wires whose bounds follow from those of the inputs are
 * numbers; the others are elements of the field.
 */

/** An input signal of the circuit. */
export interface PlanInput {
  readonly name: string
  readonly count: number
}

/** What a word of {@link WitnessPlan.steps} begins with. */
export const stepKinds = {
  /** target, a, b, c, k: target = (a·b + c) / k on numbers; the quotient must be whole. */
  numberProduct: 0,
  /** target, a, b, c, k: target = (a·b + c)·k in the field. */
  fieldProduct: 1,
  /**
   * form, sign, quotient, count, bits …: the sum sign·form; bits are 1 to `count` of it, the quotient what lies above
   * them. Without a quotient (wire 0) the sum must be below 2^(count + 1).
   */
  numberBits: 2,
  fieldBits: 3,
  /** form, inverse, outcome, factor, whenZero, whenNot: whether a form is 0; inverse = factor / form, or 0. */
  inverse: 4,
} as const

/** In place of a form's index: no such form. */
export const noForm = 0xffffffff

/**
 * Affine forms. Form f is its constant plus, for the terms k of its pattern, coefficient[k] · wire[base + offset[k]];
 * circuits repeat few patterns at many bases.
 */
export interface PlanForms {
  /** Length: patterns + 1. */
  readonly patternStarts: Uint32Array
  readonly offsets: Int32Array
  /** Indices of the terms' coefficients. */
  readonly factors: Uint32Array
  /** By form. */
  readonly patterns: Uint32Array
  readonly bases: Uint32Array
  readonly constants: Uint32Array
}

export interface WitnessPlan {
  readonly wireCount: number
  readonly inputs: readonly PlanInput[]
  /** Wire of each input element, signal by signal. */
  readonly inputWires: Uint32Array
  /** Bounds that each must keep; NaN for elements of the field. */
  readonly lows: Float64Array
  readonly highs: Float64Array
  /** The distinct coefficients, 32 bytes each, least significant first. */
  readonly coefficients: Uint8Array
  readonly forms: PlanForms
  readonly steps: Uint32Array
}
