/** How well an integer model answers as the float model does, on calibration rows. */
import type { FloatTensor, Graph } from '#circuits/graph/graph.js'
import { interpretGraph } from '#circuits/graph/interpret.js'
import { quantiseInputs } from '#circuits/qmodel/inputs.js'
import { interpretIntegers } from '#circuits/qmodel/interpret.js'
import type { QModel, QOutput, TensorId } from '#circuits/qmodel/qmodel.js'
import { meaningOf } from '#circuits/quantise/answer.js'
import { Margins } from '#circuits/quantise/margins.js'

type Row = ReadonlyMap<string, FloatTensor>

/** Rows with what the float model answers. */
export interface Reference {
  readonly rows: readonly Row[]
  /** By row and output. */
  readonly answers: readonly (readonly Float32Array[])[]
  /** By row: the scores that the first output chooses a class from, or null. */
  readonly scores: readonly (Float32Array | null)[]
  /** What flags compare the scores with. */
  readonly bound: number | null
}

/** How close an integer model comes. */
export interface Closeness {
  /** Share of rows on which the first output says the same class, classes or flags; null where it holds values. */
  readonly agreement: number | null
  /** The share that margins let expect beyond these rows; null where there are no scores behind the answer. */
  readonly expected: number | null
  /** Mean error of an element over the range of its output, the worst output; 0 where none holds real numbers. */
  readonly error: number
}

/**
 * Runs the float model, whose outputs are those of the integer models to come.
 * @param bound what the first output is still to be compared with
 */
export function referenceOf(graph: Graph, rows: readonly Row[], bound: number | null): Reference {
  const source = (name: string) => graph.nodes.find(({ output }) => output === name)
  const open = graph.outputs.map(({ name }) => {
    const node = source(name)
    return node?.kind === 'softmax' ? node.input : name
  })
  const first = source(open[0]!)
  const isSoftmax = source(graph.outputs[0]!.name)?.kind === 'softmax'
  const isChosen = first?.kind === 'argMax' && !first.selectLast
  const scoreName = isChosen ? first.input : open[0]!
  const hasScores =
    isChosen || isSoftmax || bound !== null || meaningOf(graph, graph.outputs[0]!).kind === 'scores'
  const results = rows.map((row) => interpretGraph(graph, row, { allValues: true }))
  return {
    rows,
    answers: results.map((values) => open.map((name) => values.get(name)!.data)),
    scores: results.map((values) => (hasScores ? values.get(scoreName)!.data : null)),
    bound,
  }
}

/** Compares an integer model with the reference; where flags are asked for, its first output may still be scores. */
export function closeness(model: QModel, { rows, answers, scores, bound }: Reference): Closeness {
  let agreed = 0
  const errors = model.outputs.map(() => new ErrorTally())
  const margins = new Margins()
  const score = scoreTensor(model)
  rows.forEach((row, at) => {
    const values = interpretIntegers(model, quantiseInputs(model, row).integers)
    model.outputs.forEach((output, k) => {
      const [integers, exact] = [values[output.tensor]!, answers[at]![k]!]
      if (k === 0 && agrees(output, integers, exact, bound)) agreed++
      errors[k]!.add(output, integers, exact)
    })
    const exact = scores[at]!
    if (exact === null || score === null) return
    const scale = model.tensors[score]!.scales[0]!
    if (bound === null) margins.addScores(values[score]!, scale, exact)
    else margins.addFlags(values[score]!, scale, exact, bound)
  })
  const holdsValues = bound === null && model.outputs[0]!.meaning.kind === 'values'
  return {
    agreement: holdsValues ? null : agreed / rows.length,
    expected: margins.expectedAgreement(),
    error: Math.max(...errors.map(({ relative }) => relative)),
  }
}

/** The tensor of the scores behind the first output's classes or flags; null where they are not in one unit. */
function scoreTensor({ outputs, layers, tensors }: QModel): TensorId | null {
  const { tensor, meaning } = outputs[0]!
  const producer = (id: TensorId) => layers.find(({ output }) => output === id)
  let found: TensorId = tensor
  if (meaning.kind === 'class' || meaning.kind === 'flags') {
    const last = producer(tensor)
    if (last?.kind === 'argMax') found = last.input
    const difference = last?.kind === 'rescale' ? producer(last.input) : undefined
    if (difference?.kind === 'combine') found = difference.terms[0]!.input
    if (found === tensor) return null
  }
  return tensors[found]!.scales.length === 1 ? found : null
}

/** Whether integers give the answer of the float numbers: the same class, the same set of classes, the same flags. */
function agrees(
  { meaning, scale }: QOutput,
  integers: Float64Array,
  exact: Float32Array,
  bound: number | null,
): boolean {
  if (meaning.kind === 'classes') {
    const set = new Set<number>(exact)
    return integers.every((index) => set.has(index))
  }
  if (bound !== null) {
    const isSet = (value: number) => (meaning.kind === 'flags' ? value === 1 : value * scale >= bound)
    return integers.every((value, i) => isSet(value) === exact[i]! >= bound)
  }
  if (meaning.kind === 'scores') return largest(integers) === largest(exact)
  return integers.every((value, i) => value === exact[i]!)
}

function largest(values: ArrayLike<number>): number {
  let best = 0
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i
  return best
}

class ErrorTally {
  private sum = 0
  private count = 0
  private min = Number.POSITIVE_INFINITY
  private max = Number.NEGATIVE_INFINITY

  add({ meaning, scale }: QOutput, integers: Float64Array, exact: Float32Array): void {
    if (meaning.kind !== 'values' && meaning.kind !== 'scores') return
    exact.forEach((value, i) => {
      this.sum += Math.abs(integers[i]! * scale - value)
      this.count++
      this.min = Math.min(this.min, value)
      this.max = Math.max(this.max, value)
    })
  }

  get relative(): number {
    if (this.count === 0) return 0
    const range = this.max - this.min || Math.max(Math.abs(this.max), Math.abs(this.min)) || 1
    return this.sum / this.count / range
  }
}
