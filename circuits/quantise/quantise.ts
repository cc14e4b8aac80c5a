/** Float graph → QModel. */
import { ZkserveError } from '#circuits/errors.js'
import { countSteps } from '#circuits/graph/costs.js'
import { type FloatTensor, type Graph, nodeInputs } from '#circuits/graph/graph.js'
import type { QModel, QTensor } from '#circuits/qmodel/qmodel.js'
import { verifyQModel } from '#circuits/qmodel/verify.js'
import { type Closeness, closeness, type Reference, referenceOf } from '#circuits/quantise/agreement.js'
import { type AnswerGraph, answerGraph, meaningOf } from '#circuits/quantise/answer.js'
import { outputsFit, withBounds, withBoundsOrNull } from '#circuits/quantise/bounds.js'
import type { UnboundedTensor } from '#circuits/quantise/build.js'
import { calibrate, countValues, type Histogram, type Range } from '#circuits/quantise/calibrate.js'
import { correctBiases } from '#circuits/quantise/correct-bias.js'
import { withUniqueNames } from '#circuits/quantise/counterparts.js'
import { type LoweredModel, lowerGraph } from '#circuits/quantise/lower.js'
import { type QuantiseOptions, widthOf } from '#circuits/quantise/options.js'
import { type RangeRule, rangesBy, rulesOf } from '#circuits/quantise/ranges.js'
import { sinkReluBelowMaxPool } from '#circuits/quantise/reorder.js'
import { chooseSaturation, costOf } from '#circuits/quantise/saturation.js'
import { compareOutput } from '#circuits/quantise/threshold.js'

type Row = ReadonlyMap<string, FloatTensor>

/** Terms of all sums together: each is held in memory as a factor and a wire. */
const maximumTerms = 2 ** 25
/** Products of float and integer runs that compare candidates: beyond, every n-th row is taken. */
const comparedTerms = 2 ** 27

/** What a corrected bias that crosses a power of two may cost. */
const freeGrowth = 1.001

/** A graph with what its calibration rows tell, ready to be quantised again and again. */
export interface Calibrated {
  readonly name: string
  /** The float graph that the integer layers follow. */
  readonly graph: Graph
  readonly threshold: AnswerGraph['threshold']
  readonly ranges: ReadonlyMap<string, Range>
  /** Empty where no rule needs them. */
  readonly histograms: ReadonlyMap<string, Histogram>
  /** The rows that candidates are compared on. */
  readonly reference: Reference
}

/** An integer model and how it was chosen. */
export interface Quantised {
  readonly model: QModel
  readonly rule: RangeRule
  readonly biasCorrected: boolean
  /** Predicted constraints, with public inputs. */
  readonly cost: number
  readonly closeness: Closeness
}

/**
 * Quantises an optimised graph.
 * @param rows calibration rows: one tensor per input, in the graph's shapes
 * @throws ZkserveError `INVALID_DATA`, `UNSUPPORTED_SHAPE`, `MODEL_TOO_LARGE`, `QUANTISATION_OVERFLOW`, `USAGE`
 */
export function quantiseGraph(graph: Graph, rows: Iterable<Row>, options: QuantiseOptions): QModel {
  const calibrated = calibrateGraph(graph, rows, options)
  return isPlain(options) ? finished(calibrated, 'min-max', options) : quantise(calibrated, options).model
}

/** Whether nothing is to be compared. */
function isPlain({ calibrationMethod = 'min-max', correctBias = false }: QuantiseOptions): boolean {
  return calibrationMethod === 'min-max' && !correctBias
}

/** Runs the float model over the rows. @throws as {@link quantiseGraph} */
export function calibrateGraph(graph: Graph, rows: Iterable<Row>, options: QuantiseOptions): Calibrated {
  const terms = refuseHuge(graph)
  const { graph: answering, threshold } = answerGraph(graph, options.output)
  const ordered = orderedGraph(answering)
  const all = Array.from(rows)
  const ranges = calibrate(ordered, all)
  const plain = (options.calibrationMethod ?? 'min-max') === 'min-max'
  const histograms = plain ? new Map<string, Histogram>() : countValues(ordered, all, ranges)
  const every = Math.ceil((all.length * terms) / comparedTerms)
  const compared = isPlain(options) ? [] : all.filter((_, at) => at % every === 0)
  const reference = referenceOf(ordered, compared)
  return { name: graph.name, graph: ordered, threshold, ranges, histograms, reference }
}

/** The graph as its layers follow it: each node with a name of its own, in the order that costs least. */
export function orderedGraph(graph: Graph): Graph {
  return sinkReluBelowMaxPool(withUniqueNames(graph))
}

/**
 * The model by the rule that comes closest to the float model: the best agreement, or without classes the least
 * error; of those that are as good but for one row (or a tenth of the error), the smallest circuit.
 * @throws as {@link quantiseGraph}
 */
export function quantise(calibrated: Calibrated, options: QuantiseOptions): Quantised {
  const rules = rulesOf[options.calibrationMethod ?? 'min-max']
  const candidates = rules.map((rule) => judged(calibrated, finished(calibrated, rule, options), rule))
  const best = cheapestOfBest(candidates, calibrated.reference.rows.length)
  return options.correctBias ? corrected(calibrated, best) : best
}

function judged(calibrated: Calibrated, model: QModel, rule: RangeRule): Quantised {
  const close = closeness(model, calibrated.reference, calibrated.threshold?.bound ?? 0)
  return { model, rule, biasCorrected: false, cost: costOf(model), closeness: close }
}

function cheapestOfBest(candidates: readonly Quantised[], rows: number): Quantised {
  const agreement = (candidate: Quantised) => candidate.closeness.agreement ?? 1
  const most = Math.max(...candidates.map(agreement))
  const least = Math.min(...candidates.map(({ closeness }) => closeness.error))
  const hasClasses = candidates[0]!.closeness.agreement !== null
  const good = candidates.filter((candidate) =>
    hasClasses ? agreement(candidate) > most - 1.5 / rows : candidate.closeness.error <= 1.1 * least,
  )
  return good.reduce((best, candidate) => (candidate.cost < best.cost ? candidate : best))
}

/** With corrected biases, where that comes closer to the float model at no cost. */
function corrected(calibrated: Calibrated, before: Quantised): Quantised {
  const { graph, reference } = calibrated
  const bounded = withBoundsOrNull(correctBiases(before.model, graph, reference.rows))
  if (bounded === null) return before
  const after = judged(calibrated, bounded, before.rule)
  const [was, is] = [before.closeness, after.closeness]
  const closer =
    (is.agreement ?? 0) >= (was.agreement ?? 0) &&
    (is.error < was.error || (is.agreement ?? 0) > (was.agreement ?? 0))
  if (!closer || after.cost > before.cost * freeGrowth) return before
  verifyQModel(after.model)
  return { ...after, biasCorrected: true }
}

function finished(calibrated: Calibrated, rule: RangeRule, options: QuantiseOptions): QModel {
  const { name, graph, threshold, histograms } = calibrated
  const ranges = rangesBy(rule, graph, calibrated.ranges, histograms, (value) => widthOf(options, value))
  for (let coarser = 0; coarser < 32; coarser++) {
    const lowered = bounded(name, graph, lowerGraph(graph, ranges, options, coarser))
    const model =
      threshold === null ? lowered : withBounds(compareOutput(lowered, threshold.bound, threshold.asked))
    if (!outputsFit(model)) continue
    const cheapest = chooseSaturation(model)
    verifyQModel(cheapest)
    return cheapest
  }
  throw new ZkserveError('QUANTISATION_OVERFLOW', 'an output exceeds 32 bits whatever its scale')
}

/** @returns the terms of all sums */
function refuseHuge(graph: Graph): number {
  const shapeOf = (name: string) => graph.shapes.get(name)!
  const terms = graph.nodes.reduce(
    (sum, node) => sum + countSteps(node, shapeOf(node.output), nodeInputs(node).map(shapeOf)),
    0,
  )
  if (terms <= maximumTerms) return terms
  throw new ZkserveError(
    'MODEL_TOO_LARGE',
    `the model has ${terms} products, at most ${maximumTerms} are supported`,
    {
      hints: ['Use a smaller model or input: its circuit would have millions of constraints.'],
      details: { terms, limit: maximumTerms },
    },
  )
}

/** Fills in the exact bounds of every tensor. */
function bounded(name: string, graph: Graph, lowered: LoweredModel): QModel {
  const { builder, inputs, outputs } = lowered
  return withBounds({
    name,
    batch: 1,
    inputs,
    outputs: outputs.map((output, k) => ({ ...output, meaning: meaningOf(graph, graph.outputs[k]!) })),
    layers: builder.layers,
    tensors: builder.tensors.map(unbounded),
  })
}

function unbounded(tensor: UnboundedTensor): QTensor {
  return { ...tensor, lo: 0, hi: 0, signed: false, bits: 0 }
}
