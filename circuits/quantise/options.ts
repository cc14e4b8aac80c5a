import type { WeightMode } from '#circuits/analyse/weight-plan.js'
import type { Imposed } from '#circuits/quantise/imposed.js'

/** How ranges of activations follow from calibration; `auto` takes what agrees best with the float model. */
export const calibrationMethods = ['auto', 'min-max', 'percentile', 'mse'] as const
export type CalibrationMethod = (typeof calibrationMethods)[number]

/**
 * What a proof gives away. `logits`: the outputs as they are; `argmax`: the index of the largest element;
 * `topk:K`: the indices of the K largest, best first; `threshold:X`: 1 where an element of the first output is at
 * least X, else 0.
 */
export type OutputMode = 'logits' | 'argmax' | `topk:${number}` | `threshold:${number}`

/** Integers of all inputs, given instead of calibrated: v stands for v · scale, from `low` to low + 2^bits - 1. */
export interface InputGrid {
  readonly scale: number
  readonly low: number
  readonly bits: number
}

/** How a model is quantised. */
export interface QuantiseOptions {
  /** Width of activations in bits, 4 to 16. */
  readonly bits: number
  readonly output: OutputMode
  /** Width of inputs in bits, 4 to 16; as `bits` by default. */
  readonly inputBits?: number
  /** What inputs are, where that is known before calibration: pixels of 8 bits, a fixed range. */
  readonly inputGrid?: InputGrid
  /** `min-max` by default: `auto` runs the integer model and is what `build` uses. */
  readonly calibrationMethod?: CalibrationMethod
  /** Whether biases make up for what rounded weights add on average; not by default. */
  readonly correctBias?: boolean
  /** Widths in bits of single values of the graph, by name, instead of `bits`. */
  readonly widths?: Readonly<Record<string, number>>
  /** Share of calibration rows on which the class must stay: looks for the narrowest widths that hold it. */
  readonly targetAgreement?: number
  /** Multiplies the error that rounding weights may add to an activation; 1 by default. */
  readonly weightError?: number
  /** `fixed` by default; with `committed` nothing but shifts and capacities follows from weights. */
  readonly weights?: WeightMode
  /** With committed weights: bits by which later versions' sums may be larger. */
  readonly headroom?: number
  /** What an architecture decides, where the model is to be a version of it. */
  readonly imposed?: Imposed
}

export const defaultQuantiseOptions: QuantiseOptions = { bits: 8, output: 'logits' }

/** Width in bits of a value of the graph: an activation, or what brings sums to a scale. */
export function widthOf(options: QuantiseOptions, value: string): number {
  return options.widths?.[value] ?? options.bits
}

/** Width of an input in bits. */
export function inputWidthOf(options: QuantiseOptions, input: string): number {
  return options.widths?.[input] ?? options.inputGrid?.bits ?? options.inputBits ?? options.bits
}

/** Width of weights in bits, sign included: narrower activations do not make weights coarser. */
export function weightBits(options: QuantiseOptions): number {
  return Math.max(8, options.bits)
}
