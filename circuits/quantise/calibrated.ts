/** A graph with what its calibration rows tell, ready to be quantised again and again. */
import { ZkserveError } from '#circuits/errors.js'
import { countSteps } from '#circuits/graph/costs.js'
import { type FloatTensor, type Graph, nodeInputs } from '#circuits/graph/graph.js'
import { mergeLinear } from '#circuits/graph/passes/merge-linear.js'
import { type Reference, referenceOf } from '#circuits/quantise/agreement.js'
import { type AnswerGraph, answerGraph } from '#circuits/quantise/answer.js'
import { calibrate, countValues, type Histogram, type Range } from '#circuits/quantise/calibrate.js'
import { withUniqueNames } from '#circuits/quantise/counterparts.js'
import { withHiddenWeights } from '#circuits/quantise/hidden-weights.js'
import type { QuantiseOptions } from '#circuits/quantise/options.js'
import { rulesOf } from '#circuits/quantise/ranges.js'
import { reorder } from '#circuits/quantise/reorder.js'

type Row = ReadonlyMap<string, FloatTensor>

/** Terms of all sums together: each is held in memory as a factor and a wire. */
const maximumTerms = 2 ** 25
/** Products of float and integer runs that compare candidates: beyond, every n-th row is taken. */
const comparedTerms = 2 ** 27

/** Constant weights cost nothing, so that layers merge even where their weights together become more. */
const fixedGrowth = 32

export interface Calibrated {
  readonly name: string
  /** The float graph that the integer layers follow. */
  readonly graph: Graph
  readonly threshold: AnswerGraph['threshold']
  readonly ranges: ReadonlyMap<string, Range>
  /** Empty where no rule needs them. */
  readonly histograms: ReadonlyMap<string, Histogram>
  /** The rows that candidates are compared on; none where nothing is compared. */
  readonly reference: Reference
}

/**
 * Runs the float model over the rows.
 * @throws ZkserveError `INVALID_DATA`, `MODEL_TOO_LARGE`, `USAGE`
 */
export function calibrateGraph(graph: Graph, rows: Iterable<Row>, options: QuantiseOptions): Calibrated {
  const terms = refuseHuge(graph)
  const { graph: answering, threshold } = answerGraph(graph, options.output)
  const ordered = orderedGraph(
    options.weights === 'committed' ? withHiddenWeights(answering) : mergeLinear(answering, fixedGrowth),
  )
  const all = Array.from(rows)
  const ranges = calibrate(ordered, all)
  const needsCounts = rulesOf[options.calibrationMethod ?? 'min-max'].some((rule) => rule !== 'min-max')
  const histograms = needsCounts ? countValues(ordered, all, ranges) : new Map<string, Histogram>()
  const every = Math.ceil((all.length * terms) / comparedTerms)
  const compared = isPlain(options) ? [] : all.filter((_, at) => at % every === 0)
  const reference = referenceOf(ordered, compared, threshold?.bound ?? null)
  return { name: graph.name, graph: ordered, threshold, ranges, histograms, reference }
}

/** Whether there is but one model to make, so that nothing is compared. */
export function isPlain({
  calibrationMethod = 'min-max',
  correctBias = false,
  targetAgreement,
}: QuantiseOptions): boolean {
  return calibrationMethod === 'min-max' && !correctBias && targetAgreement === undefined
}

/** The graph as its layers follow it: each node with a name of its own, in the order that costs least. */
export function orderedGraph(graph: Graph): Graph {
  return reorder(withUniqueNames(graph))
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
