/** Which form of `Table` (circuits/lib/table.circom) carries out a table on values of one range. */
import {
  constantElement,
  type Element,
  formElement,
  hull,
  type WireTable,
} from '#circuits/analyse/element.js'
import { FormSum, type Interval, isTrivial } from '#circuits/analyse/form.js'
import { cheapestLookUp } from '#circuits/analyse/look-up.js'
import type { Shape } from '#circuits/graph/graph.js'
import { rescaleValue } from '#circuits/qmodel/interpret.js'
import { bitLength, type QTable } from '#circuits/qmodel/qmodel.js'
import { channelOf, ofChannel } from '#circuits/qmodel/window.js'

/** What a table does to the values of one channel: see {@link QTable}. */
export interface TableRule {
  readonly shift: number
  readonly low: number
  readonly bits: number
  readonly table: Int32Array
}

export type TableGadget =
  /** The result is the same for every value: no constraint. */
  | { readonly kind: 'constant'; readonly value: number }
  /** `Table(bits, shift, keyBits, position, lowBits, entries)` on x - base·2^shift; the result lacks `least`. */
  | {
      readonly kind: 'lookUp'
      readonly bits: number
      readonly shift: number
      readonly keyBits: number
      readonly position: number
      readonly lowBits: number
      readonly base: number
      readonly entries: readonly number[]
      readonly least: number
      /** Constraints of the gadget, without the sum that defines its input. */
      readonly constraints: number
    }

type LookUpGadget = Extract<TableGadget, { kind: 'lookUp' }>

/** Widest key of which all values are laid out in a table, whatever window the layer names. */
const mostKeyBits = 12
/** Places of a table that are tried where the range leaves room. */
const mostBases = 12

/** Chooses the cheapest gadget for accumulators in `range`. */
export function chooseTable(range: Interval, rule: TableRule): TableGadget {
  const { shift, low, bits, table } = rule
  const keys = quotients(range, shift)
  const value = (key: number) => table[Math.min(Math.max(key, low), low + 2 ** bits - 1) - low]!
  const { lo: least, hi: most } = valuesOver(keys, rule)
  if (least === most) return { kind: 'constant', value: least }
  const lookUp = (base: number, position: number, keyBits: number, topBits: number): LookUpGadget => {
    const first = base + position * 2 ** keyBits
    const entries = Array.from({ length: 2 ** keyBits }, (_, i) => {
      return value(Math.min(Math.max(first + i, keys.lo), keys.hi)) - least
    })
    const { lowBits, constraints } = cheapestLookUp(entries, topBits === 0, shift === 0)
    const width = shift + keyBits + topBits
    const clamping = Math.min(topBits, 3)
    return {
      kind: 'lookUp',
      bits: width,
      shift,
      keyBits,
      position,
      lowBits,
      base,
      entries,
      least,
      constraints: width + constraints + clamping,
    }
  }
  const window = windowOf(keys, low, bits)
  const choices = [
    lookUp(low - window.position * 2 ** bits, window.position, bits, window.topBits),
    ...wholeTables(keys).map(({ base, keyBits }) => lookUp(base, 0, keyBits, 0)),
  ]
  return choices.reduce((best, choice) => (choice.constraints < best.constraints ? choice : best))
}

/** Quotients of a range, rounded as the layer rounds. */
function quotients({ lo, hi }: Interval, shift: number): Interval {
  return { lo: rescaleValue(lo, shift, null, null), hi: rescaleValue(hi, shift, null, null) }
}

/** Least and largest result over a range of quotients. */
function valuesOver(keys: Interval, { low, bits, table }: TableRule): Interval {
  const at = (key: number) => Math.min(Math.max(key - low, 0), 2 ** bits - 1)
  const reached = table.subarray(at(keys.lo), at(keys.hi) + 1)
  return { lo: reached.reduce((a, b) => Math.min(a, b)), hi: reached.reduce((a, b) => Math.max(a, b)) }
}

/**
 * The fewest bits above the key that tell whether it lies in the window low … low + 2^bits - 1, and the window's
 * position among those that they tell apart: one for which `Table` has a cheap test.
 */
function windowOf(keys: Interval, low: number, bits: number): { topBits: number; position: number } {
  const size = 2 ** bits
  for (let topBits = 0; ; topBits++) {
    const half = 2 ** (topBits - 1)
    for (const position of topBits === 0 ? [0] : [0, half - 1, half, 2 * half - 1]) {
      const base = low - position * size
      if (base <= keys.lo && keys.hi < base + size * 2 ** topBits) return { topBits, position }
    }
  }
}

/** Tables that hold every quotient, so that none lies outside; the parts of a table depend on where it begins. */
function wholeTables({ lo, hi }: Interval): { base: number; keyBits: number }[] {
  const keyBits = Math.max(1, bitLength(hi - lo))
  return [keyBits, keyBits + 1].flatMap((width) => {
    if (width > mostKeyBits) return []
    const first = hi - 2 ** width + 1
    const step = Math.ceil((lo - first + 1) / mostBases)
    const spaced = width > keyBits ? [] : Array.from({ length: mostBases }, (_, i) => lo - i * step)
    return [...new Set([lo, first, -(2 ** (width - 1)), ...spaced])]
      .filter((base) => base >= first && base <= lo)
      .map((base) => ({ base, keyBits: width }))
  })
}

/** What the gadget's input is, beside the accumulator: rounding, and an offset that keeps it non-negative. */
export function tableOffset(gadget: TableGadget): number {
  if (gadget.kind === 'constant') return 0
  return (gadget.shift === 0 ? 0 : 2 ** (gadget.shift - 1)) - gadget.base * 2 ** gadget.shift
}

export interface TracedTable {
  /** One gadget per channel of `channelAxis`. */
  readonly gadgets: readonly TableGadget[]
  readonly constraints: number
  readonly elements: Element[]
}

export function traceTable(
  layer: QTable,
  input: readonly Element[],
  shape: Shape,
  wires: WireTable,
): TracedTable {
  const channel = input.map((_, i) => channelOf(shape, layer.channelAxis, i))
  const ranges: Interval[] = []
  input.forEach((element, i) => {
    ranges[channel[i]!] = hull(ranges[channel[i]!] ?? null, element)
  })
  const rules = input.map(
    (_, i): TableRule => ({
      shift: ofChannel(layer.shifts, shape, layer.channelAxis, i),
      low: layer.low,
      bits: layer.bits,
      table: ofChannel(layer.tables, shape, layer.channelAxis, i),
    }),
  )
  const gadgets: TableGadget[] = []
  channel.forEach((c, i) => {
    gadgets[c] ??= chooseTable(ranges[c]!, rules[i]!)
  })
  const sum = new FormSum()
  let constraints = 0
  const elements = input.map((element, i) => {
    const gadget = gadgets[channel[i]!]!
    if (gadget.kind === 'constant') return constantElement(gadget.value)
    sum.start(tableOffset(gadget)).add(element.form, 1)
    constraints += gadget.constraints + (isTrivial(sum.finish()) ? 0 : 1)
    const { lo, hi } = valuesOver(quotients(element, gadget.shift), rules[i]!)
    const wire = wires.add(lo - gadget.least, hi - gadget.least)
    return formElement({ ...wire, constant: gadget.least }, wires)
  })
  return { gadgets, constraints, elements }
}
