/** Which form of `Table` (circuits/lib/table.circom) carries out a table on values of one range. */
import {
  channelRanges,
  constantElement,
  type Element,
  formElement,
  type WireTable,
} from '#circuits/analyse/element.js'
import { FormSum, GadgetSums, type Interval } from '#circuits/analyse/form.js'
import { cheapestLookUp, halfOfKey, type LookUp, lookUpConstraints } from '#circuits/analyse/look-up.js'
import type { Shape } from '#circuits/graph/graph.js'
import { rescaleValue } from '#circuits/qmodel/interpret.js'
import { bitLength, ofElement, type QTable } from '#circuits/qmodel/qmodel.js'

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
/**
 * Bits by which such a key may be wider than the layer's, unless the window takes next to no products. Beyond, those
 * that choose between ends and window are as many as those of the test for keys outside of the window.
 */
const mostSpareBits = 2
const fewProducts = 4
/** Places of a table that are tried where the range leaves room. */
const mostBases = 4

/** Chooses the cheapest gadget for accumulators in `range`. */
export function chooseTable(range: Interval, rule: TableRule): TableGadget {
  const { shift, low, bits, table } = rule
  const keys = quotients(range, shift)
  const { lo: least, hi: most } = valuesOver(keys, rule)
  if (least === most) return { kind: 'constant', value: least }
  // Beyond the window and beyond the range the entries repeat, so that many channels have the same ones.
  const [first, last] = [Math.max(keys.lo, low), Math.min(keys.hi, low + 2 ** bits - 1)]
  const layOut = (placement: Placement): LaidOut => {
    const { base, position, keyBits, topBits } = placement
    const start = base + position * 2 ** keyBits
    const key = [low, start, keyBits, first, last, topBits === 0, shift === 0].join()
    return remembered(table, key, () => {
      const entries = Array.from({ length: 2 ** keyBits }, (_, i) => {
        return table[Math.min(Math.max(start + i, first), last) - low]! - least
      })
      return new LaidOut(entries, topBits === 0, shift === 0)
    })
  }
  const around = ({ keyBits, topBits }: Placement) => shift + keyBits + topBits + Math.min(topBits, 3)
  const window = windowPlacement(keys, low, bits)
  const widest = layOut(window).estimate > fewProducts ? bits + mostSpareBits : mostKeyBits
  const placements = [window, ...wholePlacements(keys, Math.min(widest, mostKeyBits))]
  const estimates = placements.map((placement) => around(placement) + layOut(placement).estimate)
  const chosen = placements[estimates.indexOf(Math.min(...estimates))]!
  const { base, position, keyBits, topBits } = chosen
  const { entries, cheapest } = layOut(chosen)
  return {
    kind: 'lookUp',
    bits: shift + keyBits + topBits,
    shift,
    keyBits,
    position,
    lowBits: cheapest.lowBits,
    base,
    entries,
    least,
    constraints: around(chosen) + cheapest.constraints,
  }
}

/** Entries of a table at one place, and what looking them up costs. */
class LaidOut {
  /** Constraints with the half of the key bits that is usual. */
  readonly estimate: number
  #cheapest: LookUp | null = null

  constructor(
    readonly entries: readonly number[],
    private readonly isWhole: boolean,
    private readonly lowestIsSum: boolean,
  ) {
    this.estimate = lookUpConstraints(entries, halfOfKey(entries), isWhole, lowestIsSum)
  }

  get cheapest(): LookUp {
    this.#cheapest ??= cheapestLookUp(this.entries, this.isWhole, this.lowestIsSum)
    return this.#cheapest
  }
}

/** Tables as they were laid out: models are traced again and again while they are quantised. */
const laidOutTables = new WeakMap<Int32Array, Map<string, LaidOut>>()

function remembered(table: Int32Array, key: string, make: () => LaidOut): LaidOut {
  let known = laidOutTables.get(table)
  if (known === undefined) {
    known = new Map()
    laidOutTables.set(table, known)
  }
  let laidOut = known.get(key)
  if (laidOut === undefined) {
    laidOut = make()
    known.set(key, laidOut)
  }
  return laidOut
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
function wholePlacements({ lo, hi }: Interval, widest: number): Placement[] {
  const least = Math.max(1, bitLength(hi - lo))
  return [least, least + 1].flatMap((keyBits) => {
    if (keyBits > widest) return []
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
  const { channel, ranges } = channelRanges(input, shape, layer.channelAxis)
  const rules = ranges.map(
    (_, c): TableRule => ({
      shift: ofElement(layer.shifts, c),
      low: layer.low,
      bits: layer.bits,
      table: ofElement(layer.tables, c),
    }),
  )
  const gadgets = ranges.map((range, c) => chooseTable(range, rules[c]!))
  const sum = new FormSum()
  const [sums, closedSums] = [new GadgetSums(), new GadgetSums(0)]
  let constraints = 0
  const elements = input.map((element, i) => {
    const gadget = gadgets[channel[i]!]!
    if (gadget.kind === 'constant') return constantElement(gadget.value)
    sum.start(tableOffset(gadget)).add(element.form, 1)
    ;(gadget.shift > 0 ? sums : closedSums).add(sum.finish())
    constraints += gadget.constraints
    const { lo, hi } = valuesOver(quotients(element, gadget.shift), rules[channel[i]!]!)
    const wire = wires.add(lo - gadget.least, hi - gadget.least)
    return formElement({ ...wire, constant: gadget.least }, wires)
  })
  constraints += sums.constraints + closedSums.constraints
  return { gadgets, open: sums.open, constraints, elements }
}
