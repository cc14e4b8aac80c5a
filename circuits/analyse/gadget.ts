/**
 * Which gadget a group of values takes, how wide it must be, and what it costs. Widths come from exact ranges;
 * the Circom templates of circuits/lib carry the same formulas in their headers.
 */
import type { Interval } from '#circuits/analyse/form.js'
import { rescaleValue } from '#circuits/qmodel/interpret.js'
import { bitLength } from '#circuits/qmodel/qmodel.js'

/** What a rescale does: see {@link QRescale}. */
export interface RescaleRule {
  readonly shift: number
  readonly low: number | null
  readonly saturate: number | null
}

/** The gadget that carries out a rescale on values of one range. */
export type RescaleGadget =
  /** The result is the same for every value: no constraint. */
  | { readonly kind: 'constant'; readonly value: number }
  /** The result is the value itself: no constraint either. */
  | { readonly kind: 'identity' }
  /** `Rescale(bits, shift)` on x - base·2^shift: floor without a lower clamp. */
  | { readonly kind: 'plain'; readonly bits: number; readonly shift: number; readonly base: number }
  /** `ReluRescale(bits, shift, width)` on x - low·2^shift: sign bit on top; saturates where bits - 1 - shift > width. */
  | {
      readonly kind: 'relu'
      readonly bits: number
      readonly shift: number
      readonly width: number
      readonly low: number
    }

/** Bits of an offset binary number that holds the range: at least one of magnitude, and the sign on top. */
export function signedBits(range: Interval): number {
  return 1 + Math.max(1, bitLength(Math.max(range.hi, 0)), bitLength(Math.max(-range.lo - 1, 0)))
}

/** Chooses the cheapest gadget for accumulators in `range`. */
export function chooseRescale(range: Interval, rule: RescaleRule): RescaleGadget {
  const { shift, low, saturate } = rule
  const least = rescaleValue(range.lo, shift, low, saturate)
  const largest = rescaleValue(range.hi, shift, low, saturate)
  if (least === largest) return { kind: 'constant', value: least }
  const half = shift === 0 ? 0 : 2 ** (shift - 1)
  const rounded = { lo: range.lo + half, hi: range.hi + half }
  const neverClamped =
    least === rescaleValue(range.lo, shift, null, null) &&
    largest === rescaleValue(range.hi, shift, null, null)
  if (neverClamped && shift === 0) return { kind: 'identity' }
  if (neverClamped) {
    return { kind: 'plain', bits: bitLength(rounded.hi - least * 2 ** shift), shift, base: least }
  }
  const end = (low ?? 0) * 2 ** shift
  const bits = signedBits({ lo: rounded.lo - end, hi: rounded.hi - end })
  return { kind: 'relu', bits, shift, width: saturate ?? bits - 1 - shift, low: low ?? 0 }
}

/** Constraints of the gadget itself, without the sum that defines its input. */
export function rescaleCost(gadget: RescaleGadget): number {
  switch (gadget.kind) {
    case 'constant':
    case 'identity':
      return 0
    case 'plain':
      return gadget.bits
    case 'relu': {
      const overflow = Math.max(0, gadget.bits - 1 - gadget.shift - gadget.width)
      return gadget.bits + 1 + Math.min(overflow, 3)
    }
  }
}

/** `PositivePart(bits)`: booleans and one product. */
export function positivePartCost(bits: number): number {
  return bits + 1
}
