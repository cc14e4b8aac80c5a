/** Which of several integer models of one graph to take. */
import type { QModel } from '#circuits/qmodel/qmodel.js'
import { verifyQModel } from '#circuits/qmodel/verify.js'
import { type Closeness, closeness } from '#circuits/quantise/agreement.js'
import { withBoundsOrNull } from '#circuits/quantise/bounds.js'
import type { Calibrated } from '#circuits/quantise/calibrated.js'
import { boundsBy } from '#circuits/quantise/capacities.js'
import { correctBiases } from '#circuits/quantise/correct-bias.js'
import { draftModel, finishModel } from '#circuits/quantise/finish.js'
import type { QuantiseOptions } from '#circuits/quantise/options.js'
import { type RangeRule, rulesOf } from '#circuits/quantise/ranges.js'
import { costOf } from '#circuits/quantise/saturation.js'

/** What a corrected bias that crosses a power of two may cost. */
const freeGrowth = 1.001

/** An integer model and how it was chosen. */
export interface Quantised {
  readonly model: QModel
  readonly options: QuantiseOptions
  readonly rule: RangeRule
  readonly biasCorrected: boolean
  /** Predicted constraints, with public inputs. */
  readonly cost: number
  /** On the rows that candidates are compared on. */
  readonly closeness: Closeness
  /** How many rows those are. */
  readonly comparedRows: number
}

/**
 * The model by the rule that comes closest to the float model: the best agreement, or without classes the least
 * error; of those that are as good but for one row (or a tenth of the error), the smallest circuit.
 * @throws as `finishModel`
 */
export function chooseModel(calibrated: Calibrated, options: QuantiseOptions): Quantised {
  const rules = rulesOf[options.calibrationMethod ?? 'min-max']
  const candidates = rules.map((rule) => finishBy(calibrated, rule, options))
  const best = cheapestOfBest(candidates)
  return options.correctBias ? withCorrectedBiases(calibrated, best) : best
}

/** The finished model under one rule, compared. */
export function finishBy(calibrated: Calibrated, rule: RangeRule, options: QuantiseOptions): Quantised {
  return judged(calibrated, finishModel(calibrated, rule, options), rule, options)
}

/** The rule whose model comes closest before bounds and saturation, which take longest. */
export function closestDraft(
  calibrated: Calibrated,
  options: QuantiseOptions,
): { readonly rule: RangeRule; readonly closeness: Closeness } {
  const drafts = rulesOf[options.calibrationMethod ?? 'min-max'].map((rule) => {
    return { rule, closeness: closeness(draftModel(calibrated, rule, options), calibrated.reference) }
  })
  return drafts.reduce((best, draft) => (isCloser(draft.closeness, best.closeness) ? draft : best))
}

function judged(calibrated: Calibrated, model: QModel, rule: RangeRule, options: QuantiseOptions): Quantised {
  const { reference } = calibrated
  return {
    model,
    options,
    rule,
    biasCorrected: false,
    cost: costOf(model, options.weights),
    closeness: closeness(model, reference),
    comparedRows: reference.rows.length,
  }
}

function cheapestOfBest(candidates: readonly Quantised[]): Quantised {
  const agreement = ({ closeness }: Quantised) => closeness.agreement ?? 1
  const most = Math.max(...candidates.map(agreement))
  const least = Math.min(...candidates.map(({ closeness }) => closeness.error))
  const [{ closeness, comparedRows }] = candidates as [Quantised]
  const good = candidates.filter((candidate) =>
    closeness.agreement === null
      ? candidate.closeness.error <= 1.1 * least
      : agreement(candidate) > most - 1.5 / comparedRows,
  )
  return good.reduce((best, candidate) => (candidate.cost < best.cost ? candidate : best))
}

/** With corrected biases, where that comes closer to the float model at next to no cost. */
export function withCorrectedBiases(calibrated: Calibrated, before: Quantised): Quantised {
  const { graph, reference } = calibrated
  const bounded = withBoundsOrNull(
    correctBiases(before.model, graph, reference.rows),
    boundsBy(before.options),
  )
  if (bounded === null) return before
  const after = judged(calibrated, bounded, before.rule, before.options)
  if (!isCloser(after.closeness, before.closeness) || after.cost > before.cost * freeGrowth) return before
  verifyQModel(after.model)
  return { ...after, biasCorrected: true }
}

function isCloser(a: Closeness, b: Closeness): boolean {
  const gain = (a.agreement ?? 0) - (b.agreement ?? 0)
  return gain > 0 || (gain === 0 && a.error < b.error)
}
