/** Which form of `Table` (circuits/lib/table.circom) carries out a table on values of one range. */
import {
  constantElement,
  type Element,
  formElement,
  hull,
  type WireTable,
} from '#circuits/analyse/element.js'
import { FormSum, GadgetSums, type Interval } from '#circuits/analyse/form.js'
import { cheapestLookUp, halfOfKey, lookUpConstraints } from '#circuits/analyse/look-up.js'
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

/** Widest key of which all values are laid out in a table, whatever window the layer names. */
const mostKeyBits = 12
/** Places of a table that are tried where the range leaves room. */
const mostBases = 4

/** Chooses the cheapest gadget for accumulators in `range`. */
export function chooseTable(range: Interval, rule: TableRule): TableGadget {
  const { shift, low, bits, table } = rule
  const keys = quotients(range, shift)
  const value = (key: number) => table[Math.min(Math.max(key, low), low + 2 ** bits - 1) - low]!
  const { lo: least, hi: most } = valuesOver(keys, rule)
  if (least === most) return { kind: 'constant', value: least }
  const entriesOf = ({ base, position, keyBits }: Placement) =>
    Array.from({ length: 2 ** keyBits }, (_, i) => {
      const key = base + position * 2 ** keyBits + i
      return value(Math.min(Math.max(key, keys.lo), keys.hi)) - least
    })
  const around = ({ keyBits, topBits }: Placement) => shift + keyBits + topBits + Math.min(topBits, 3)
  const placements = [windowPlacement(keys, low, bits), ...wholePlacements(keys)].map((placement) => {
    const entries = entriesOf(placement)
    const isWhole = placement.topBits === 0
    const estimate = lookUpConstraints(entries, halfOfKey(entries), isWhole, shift === 0)
    return { ...placement, entries, estimate: around(placement) + estimate }
  })
  const chosen = placements.reduce((best, each) => (each.estimate < best.estimate ? each : best))
  const { base, position, keyBits, topBits, entries } = chosen
  const { lowBits, constraints } = cheapestLookUp(entries, topBits === 0, shift === 0)
  return {
    kind: 'lookUp',
    bits: shift + keyBits + topBits,
    shift,
    keyBits,
    position,
    lowBits,
    base,
    entries,
    least,
    constraints: around(chosen) + constraints,
  }
}

/** Where a table of 2^keyBits keys lies: at base + position · 2^keyBits, among 2^topBits such places from base on. */
interface Placement {
  readonly base: number
  readonly position: number
  readonly keyBits: number
  readonly topBits: number
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
 * The window low … low + 2^keyBits - 1, with the fewest bits above it that tell whether a key lies inside, at a
 * position for which `Table` has a cheap test.
 */
function windowPlacement(keys: Interval, low: number, keyBits: number): Placement {
  const size = 2 ** keyBits
  for (let topBits = 0; ; topBits++) {
    const half = 2 ** (topBits - 1)
    for (const position of topBits === 0 ? [0] : [0, half - 1, half, 2 * half - 1]) {
      const base = low - position * size
      if (base <= keys.lo && keys.hi < base + size * 2 ** topBits) return { base, position, keyBits, topBits }
    }
  }
}

/**
 * Tables that hold every quotient, so that none lies outside. Where they begin decides how much their parts have in
 * common: at the ends of the room that the range leaves, between, and where 0 begins a part.
 */
function wholePlacements({ lo, hi }: Interval): Placement[] {
  const least = Math.max(1, bitLength(hi - lo))
  return [least, least + 1].flatMap((keyBits) => {
    if (keyBits > mostKeyBits) return []
    const first = hi - 2 ** keyBits + 1
    const spaced = Array.from({ length: mostBases }, (_, i) => lo - Math.ceil(((lo - first) * i) / mostBases))
    return [...new Set([...(keyBits === least ? [...spaced, first] : []), -(2 ** (keyBits - 1)), 0])]
      .filter((base) => base >= first && base <= lo)
      .map((base) => ({ base, position: 0, keyBits, topBits: 0 }))
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
  /** Whether gadgets with a shift take their sums as expressions. */
  readonly open: boolean
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
  const [sums, closedSums] = [new GadgetSums(), new GadgetSums(0)]
  let constraints = 0
  const elements = input.map((element, i) => {
    const gadget = gadgets[channel[i]!]!
    if (gadget.kind === 'constant') return constantElement(gadget.value)
    sum.start(tableOffset(gadget)).add(element.form, 1)
    ;(gadget.shift > 0 ? sums : closedSums).add(sum.finish())
    constraints += gadget.constraints
    const { lo, hi } = valuesOver(quotients(element, gadget.shift), rules[i]!)
    const wire = wires.add(lo - gadget.least, hi - gadget.least)
    return formElement({ ...wire, constant: gadget.least }, wires)
  })
  constraints += sums.constraints + closedSums.constraints
  return { gadgets, open: sums.open, constraints, elements }
}
