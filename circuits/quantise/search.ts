/** Size–accuracy search: the narrowest activations, value by value, that still answer as the float model does. */
import { ZkserveError } from '#circuits/errors.js'
import { sizeOf } from '#circuits/graph/graph.js'
import type { Closeness } from '#circuits/quantise/agreement.js'
import type { Calibrated } from '#circuits/quantise/calibrated.js'
import { closestDraft, finishBy, type Quantised, withCorrectedBiases } from '#circuits/quantise/choose.js'
import { draftModel } from '#circuits/quantise/finish.js'
import { type QuantiseOptions, widthOf } from '#circuits/quantise/options.js'

/** Narrowest activation that is tried, in bits. */
const narrowest = 2
/** Further factors of the error that rounding weights may add. */
const weightErrors = [1.5, 2, 3, 4]
/** Share of agreement that bias correction may win back. */
const correctable = 0.01
/** Orders in which values are tried: by size, and this many others. */
const shuffles = 2

export interface SearchProgress {
  readonly trials: number
  /** Predicted constraints of the smallest model so far. */
  readonly cost: number
  readonly agreement: number | null
}

/**
 * Whether a model comes close enough: by the classes of the rows and those to expect, or without classes by the mean
 * error over the output's range.
 */
function isClose({ agreement, expected, error }: Closeness, target: number): boolean {
  return agreement === null ? error <= 1 - target : agreement >= target && (expected ?? 1) >= target
}

/**
 * Looks for the cheapest widths that hold the target: first one width for all, then value by value, one bit at a
 * time, in several orders, then coarser weights. Deterministic.
 * @param target share of rows on which the class must stay, 0 to 1
 * @throws ZkserveError `ACCURACY_TOO_LOW` where the given widths do not hold it
 */
export function searchWidths(
  calibrated: Calibrated,
  options: QuantiseOptions,
  target: number,
  onProgress: (progress: SearchProgress) => void = () => {},
): Quantised {
  const search = new Search(calibrated, target, onProgress)
  const start = search.accept(options)
  if (start === null) {
    throw new ZkserveError(
      'ACCURACY_TOO_LOW',
      `${options.bits} bits do not hold the target of ${target} on the calibration rows`,
      { hints: ['Start from more bits (--bits), or ask for less.'] },
    )
  }
  let uniform = start
  for (let bits = options.bits - 1; bits >= narrowest; bits--) {
    const narrower = search.accept({ ...options, bits })
    if (narrower === null) break
    if (narrower.cost < uniform.cost) uniform = narrower
  }
  const values = valuesWithWidths(calibrated, uniform.options)
  const bySize = values.toSorted((a, b) => sizeOfValue(calibrated, b) - sizeOfValue(calibrated, a))
  let best = uniform
  for (let order = 0; order <= shuffles; order++) {
    const found = search.descend(uniform, order === 0 ? bySize : shuffled(bySize, order))
    if (found.cost < best.cost) best = found
  }
  for (const weightError of weightErrors) {
    const coarser = search.accept({ ...best.options, weightError })
    if (coarser === null) break
    if (coarser.cost < best.cost) best = coarser
  }
  return best
}

class Search {
  private readonly known = new Map<string, Quantised | null>()
  private best: Quantised | null = null

  constructor(
    private readonly calibrated: Calibrated,
    private readonly target: number,
    private readonly onProgress: (progress: SearchProgress) => void,
  ) {}

  /** The model under these options, or null where it misses the target. */
  accept(options: QuantiseOptions): Quantised | null {
    const key = JSON.stringify([
      options.bits,
      Object.entries(options.widths ?? {}).sort(),
      options.weightError,
    ])
    let result = this.known.get(key)
    if (result === undefined) {
      result = this.tried(options)
      this.known.set(key, result)
      if (result !== null && (this.best === null || result.cost < this.best.cost)) this.best = result
      const { cost = 0, closeness } = this.best ?? {}
      this.onProgress({ trials: this.known.size, cost, agreement: closeness?.agreement ?? null })
    }
    return result
  }

  /** What misses the target even roughly is not finished. */
  private tried(options: QuantiseOptions): Quantised | null {
    const draft = closestDraft(this.calibrated, options)
    const slack = options.correctBias === true ? correctable : 0
    if (!isClose(draft.closeness, this.target - slack)) return null
    const plain = finishBy(this.calibrated, draft.rule, options)
    const result = options.correctBias === true ? withCorrectedBiases(this.calibrated, plain) : plain
    return isClose(result.closeness, this.target) ? result : null
  }

  /** Takes a bit from each value in turn, for as long as the target holds and the circuit shrinks. */
  descend(start: Quantised, values: readonly string[]): Quantised {
    let best = start
    let open = values
    while (open.length > 0) {
      open = open.filter((value) => {
        const width = widthOf(best.options, value) - 1
        if (width < narrowest) return false
        const narrower = this.accept({ ...best.options, widths: { ...best.options.widths, [value]: width } })
        if (narrower === null || narrower.cost >= best.cost) return false
        best = narrower
        return true
      })
    }
    return best
  }
}

/** Values whose width makes a difference. */
function valuesWithWidths(calibrated: Calibrated, options: QuantiseOptions): string[] {
  const unitsOf = (widths: Readonly<Record<string, number>>) => {
    const { inputs, tensors } = draftModel(calibrated, 'min-max', { ...options, widths })
    return JSON.stringify([inputs.map(({ bits }) => bits), tensors.map(({ scales }) => scales)])
  }
  const given = options.widths ?? {}
  const before = unitsOf(given)
  return Array.from(calibrated.ranges.keys()).filter(
    (value) => unitsOf({ ...given, [value]: widthOf(options, value) - 1 }) !== before,
  )
}

function sizeOfValue({ graph }: Calibrated, value: string): number {
  return sizeOf(graph.shapes.get(value)!)
}

/** A fixed permutation for each seed. */
function shuffled(values: readonly string[], seed: number): string[] {
  const result = [...values]
  let state = seed
  for (let i = result.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    const j = Math.floor((state / 2 ** 32) * (i + 1))
    ;[result[i], result[j]] = [result[j]!, result[i]!]
  }
  return result
}
