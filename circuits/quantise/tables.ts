/** Tables of functions: which window of keys, how wide, and what integers stand in them. */
import { ZkserveError } from '#circuits/errors.js'
import type { Range } from '#circuits/quantise/calibrate.js'
import type { IntegerWindow } from '#circuits/quantise/expression.js'

/** A function of one real number. */
export type RealFunction = (x: number) => number

/** What a table must do. */
export interface TableTask {
  readonly functions: readonly RealFunction[]
  /** Real values that keys take in calibration. */
  readonly keys: Pick<Range, 'min' | 'max'>
  /** Real values that results take in calibration. */
  readonly results: Pick<Range, 'min' | 'max'>
  /** Whether small results must be as exact, relative to themselves, as large ones: they will be factors. */
  readonly relative: boolean
  /** Width of an activation in bits. */
  readonly bits: number
}

/** The unit that results are in, and the integers that they span. */
export interface Grid extends IntegerWindow {
  readonly unit: number
}

/** How an expression is brought to a unit: by these shifts from units that are finer by 2^shift. */
export interface Scaling {
  readonly unit: number
  readonly shifts: readonly number[]
}

/** Widest key of a table. */
const maximumKeyBits = 12

/** The grid of results: 2^bits steps over the calibrated range and 0. */
export function resultGrid({ functions, keys, results, relative, bits }: TableTask): Grid {
  const width = relative ? Math.min(Math.max(bits, maximumKeyBits), bits + 4) : bits
  const finite = Number.isFinite(results.min) && Number.isFinite(results.max)
  const ends = finite ? results : spanOf(functions, keys)
  const [min, max] = [Math.min(0, ends.min), Math.max(0, ends.max)]
  const unit = (max - min) / (2 ** width - 1) || 1
  return { unit, low: Math.round(min / unit + 1e-9), bits: width }
}

const samples = 512

function spanOf(functions: readonly RealFunction[], { min, max }: TableTask['keys']) {
  const points = Array.from({ length: samples + 1 }, (_, i) => min + ((max - min) * i) / samples)
  const values = functions.flatMap((apply) => points.map(apply)).filter(Number.isFinite)
  return values.reduce(
    (span, value) => ({ min: Math.min(span.min, value), max: Math.max(span.max, value) }),
    {
      min: 0,
      max: 0,
    },
  )
}

/** A range of keys, and how many of its ends stand for all keys beyond them. */
export interface LivingKeys {
  readonly min: number
  readonly max: number
  readonly cut: { readonly low: boolean; readonly high: boolean }
}

/** The part of the keys beyond whose ends no function moves by more than half a step of the results. */
export function livingKeys(task: TableTask, grid: Grid): LivingKeys {
  const { min, max } = task.keys
  const at = (i: number) => min + ((max - min) * i) / samples
  const stillAt = (end: number, i: number) =>
    task.functions.every((apply) => Math.abs(apply(at(i)) - apply(end)) <= grid.unit / 2)
  if (task.relative || !(max > min)) return { min, max, cut: { low: false, high: false } }
  let first = 0
  while (first < samples && stillAt(min, first + 1)) first++
  let last = samples
  while (last > first + 1 && stillAt(max, last - 1)) last--
  return { min: at(first), max: at(last), cut: { low: first > 0, high: last < samples } }
}

/** The unit at which so many bits hold the keys, one key beyond each end that was cut included. */
export function keyUnit({ min, max, cut }: LivingKeys, width: number): number {
  const steps = 2 ** width - 1 - Number(cut.low) - Number(cut.high)
  return (max - min || Math.abs(max)) / steps || 1
}

/** Steps of the results that half a step of the keys may move one by. */
const tolerance = 2
/** Part of the keys that may do worse: functions with jumps never get better there. */
const spareShare = 0.04

/** The least width of keys, `bits` or more, at which half a step of a key moves no result by much. */
export function keyBits(task: TableTask, grid: Grid, keys: { min: number; max: number }): number {
  const step = (width: number) => (keys.max - keys.min) / (2 ** width - 1)
  const most = Math.max(Math.abs(grid.low), Math.abs(grid.low + 2 ** grid.bits - 1)) * grid.unit
  const close = (width: number) =>
    task.functions.every((apply) => {
      let worse = 0
      for (let i = 0; i <= samples; i++) {
        const x = keys.min + ((keys.max - keys.min) * i) / samples
        const [value, beside] = [apply(x), apply(Math.min(keys.max, x + step(width) / 2))]
        const allowed = task.relative ? (Math.abs(value) + most / 16) / 2 ** task.bits : tolerance * grid.unit
        if (Math.abs(value - beside) > allowed) worse++
      }
      return worse <= (task.relative ? 0 : spareShare * samples)
    })
  for (let width = task.bits; width < maximumKeyBits; width++) if (close(width)) return width
  return maximumKeyBits
}

/** The power of two of a unit near `wanted`, at which keys from `min` to `max` fit a table. */
export function keyScaling(
  unit: number,
  wanted: number,
  { min, max }: { min: number; max: number },
): Scaling {
  const near = Math.max(0, Math.ceil(Math.log2(wanted / unit) - 0.4))
  const fits = (shift: number) => (max - min) / (unit * 2 ** shift) <= 2 ** maximumKeyBits - 2
  let shift = near
  while (!fits(shift)) shift++
  return { unit: unit * 2 ** shift, shifts: [shift] }
}

/**
 * The window of integer keys of `unit` that covers the range, at most as wide as a table can be. An end that was cut is
 * rounded outwards: all keys beyond it take its result, so that it must lie before what moves. Other ends are rounded
 * as rescaling rounds, upwards at halves; they often lie there, and one key more at either end would take another bit.
 */
export function keyWindow({ min, max, cut }: LivingKeys, unit: number): IntegerWindow {
  const low = cut.low ? Math.floor(min / unit + 1e-9) : Math.round(min / unit + 1e-9)
  const high = cut.high ? Math.ceil(max / unit - 1e-9) : Math.round(max / unit + 1e-9)
  const count = high - low + 1
  const bits = Math.min(maximumKeyBits, Math.max(1, Math.ceil(Math.log2(count))))
  return { low, bits }
}

/**
 * The integers of one function over a window of keys of `unit`. Where it has no finite value, it takes that of the
 * nearest key that has.
 * @throws ZkserveError `UNSUPPORTED_OPERATOR` where it has none at all
 */
export function tableOf(apply: RealFunction, window: IntegerWindow, unit: number, grid: Grid): Int32Array {
  const values = Array.from({ length: 2 ** window.bits }, (_, i) => apply((window.low + i) * unit))
  const known = values.map((value, i) => (Number.isFinite(value) ? i : -1)).filter((i) => i >= 0)
  if (known.length === 0) {
    throw new ZkserveError(
      'UNSUPPORTED_OPERATOR',
      'a function has no finite value over the calibrated range of its input',
    )
  }
  let next = 0
  return Int32Array.from(values, (_, i) => {
    while (next + 1 < known.length && Math.abs(known[next + 1]! - i) <= Math.abs(known[next]! - i)) next++
    const integer = Math.round(values[known[next]!]! / grid.unit)
    return Math.min(Math.max(integer, grid.low), grid.low + 2 ** grid.bits - 1)
  })
}
