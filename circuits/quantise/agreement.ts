/** How well an integer model answers as the float model does, on calibration rows. */
import type { FloatTensor, Graph } from '#circuits/graph/graph.js'
import { interpretGraph } from '#circuits/graph/interpret.js'
import { quantiseInputs } from '#circuits/qmodel/inputs.js'
import { interpretIntegers } from '#circuits/qmodel/interpret.js'
import type { QModel, QOutput } from '#circuits/qmodel/qmodel.js'

type Row = ReadonlyMap<string, FloatTensor>

/** Rows with what the float model answers, by output. */
export interface Reference {
  readonly rows: readonly Row[]
  readonly answers: readonly (readonly Float32Array[])[]
}

/** How close an integer model comes. */
export interface Closeness {
  /** Share of rows on which the first output says the same class, classes or flags; null where it holds values. */
  readonly agreement: number | null
  /** Mean error of an element over the range of its output, the worst output; 0 where none holds real numbers. */
  readonly error: number
}

/** Runs the float model, whose outputs are those of the integer models to come. */
export function referenceOf(graph: Graph, rows: readonly Row[]): Reference {
  const answers = rows.map((row) => {
    const values = interpretGraph(graph, row, { allValues: true })
    return graph.outputs.map(({ name }) => values.get(beforeSoftmax(graph, name))!.data)
  })
  return { rows, answers }
}

/** The circuit speaks of what a closing Softmax is given. */
function beforeSoftmax(graph: Graph, value: string): string {
  const node = graph.nodes.find(({ output }) => output === value)
  return node?.kind === 'softmax' ? node.input : value
}

/**
 * Compares an integer model with the reference.
 * @param bound what flags compare with, in the terms of the graph's first output
 */
export function closeness(model: QModel, { rows, answers }: Reference, bound: number): Closeness {
  let agreed = 0
  const errors = model.outputs.map(() => new ErrorTally())
  rows.forEach((row, at) => {
    const values = interpretIntegers(model, quantiseInputs(model, row).integers)
    model.outputs.forEach((output, k) => {
      const [integers, exact] = [values[output.tensor]!, answers[at]![k]!]
      if (k === 0 && agrees(output, integers, exact, bound)) agreed++
      errors[k]!.add(output, integers, exact)
    })
  })
  const holdsValues = model.outputs[0]!.meaning.kind === 'values'
  return {
    agreement: holdsValues ? null : agreed / rows.length,
    error: Math.max(...errors.map(({ relative }) => relative)),
  }
}

/** Whether integers give the answer of the float numbers: the same class, the same set of classes, the same flags. */
function agrees(output: QOutput, integers: Float64Array, exact: Float32Array, bound: number): boolean {
  switch (output.meaning.kind) {
    case 'scores':
      return largest(integers) === largest(exact)
    case 'classes': {
      const set = new Set<number>(exact)
      return integers.every((index) => set.has(index))
    }
    case 'flags':
      return integers.every((flag, i) => flag === Number(exact[i]! >= bound))
    default:
      return integers.every((value, i) => value === exact[i]!)
  }
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
