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
 * error. Of those that are as good but for one row (or a tenth of the error) min-max is taken, whose circuits are the
 * smallest as a rule, or else the smallest circuit.
 * @throws as `finishModel`
 */
export function chooseModel(calibrated: Calibrated, options: QuantiseOptions): Quantised {
  const rules = rulesOf[options.calibrationMethod ?? 'min-max']
  const good = rules.length === 1 ? rules : goodRules(draftsOf(calibrated, options), calibrated)
  const finished = (good[0] === 'min-max' ? ['min-max' as const] : good).map((rule) =>
    finishBy(calibrated, rule, options),
  )
  const best = finished.reduce((best, candidate) => (candidate.cost < best.cost ? candidate : best))
  return options.correctBias ? withCorrectedBiases(calibrated, best) : best
}

/** A rule and how close its model comes before bounds and saturation, which take longest. */
interface Draft {
  readonly rule: RangeRule
  readonly closeness: Closeness
}

function draftsOf(calibrated: Calibrated, options: QuantiseOptions): Draft[] {
  return rulesOf[options.calibrationMethod ?? 'min-max'].map((rule) => {
    return { rule, closeness: closeness(draftModel(calibrated, rule, options), calibrated.reference) }
  })
}

function goodRules(drafts: readonly Draft[], { reference }: Calibrated): RangeRule[] {
  const most = Math.max(...drafts.map(({ closeness }) => closeness.agreement ?? 1))
  const least = Math.min(...drafts.map(({ closeness }) => closeness.error))
  const isGood = ({ agreement, error }: Closeness) =>
    agreement === null ? error <= 1.1 * least : agreement > most - 1.5 / reference.rows.length
  return drafts.filter((draft) => isGood(draft.closeness)).map(({ rule }) => rule)
}

/** The draft from which most is to be expected. */
export function closestDraft(calibrated: Calibrated, options: QuantiseOptions): Draft {
  const hope = ({ closeness: { expected, agreement, error } }: Draft) => expected ?? agreement ?? -error
  return draftsOf(calibrated, options).reduce((best, draft) => (hope(draft) > hope(best) ? draft : best))
}

/** The finished model under one rule, compared. */
export function finishBy(calibrated: Calibrated, rule: RangeRule, options: QuantiseOptions): Quantised {
  return judged(calibrated, finishModel(calibrated, rule, options), rule, options)
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
