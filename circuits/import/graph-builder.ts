import { ZkserveError } from '#circuits/errors.js'
import { countSteps } from '#circuits/graph/costs.js'
import { evaluateNode } from '#circuits/graph/evaluate.js'
import { freezeNode } from '#circuits/graph/freeze.js'
import { type GraphNode, nodeInputs, type Shape, sizeOf } from '#circuits/graph/graph.js'
import { inferShape } from '#circuits/graph/shapes.js'
import { type Constant, floatConstant, toFloatTensor } from '#circuits/import/constant.js'
import { type ImportLimits, requireWithin } from '#circuits/import/limits.js'
import { UnknownValue } from '#circuits/import/unsupported.js'

/** The real value rounded to multiples of `scale`, which an integer q stands for as (q − zero)·scale. */
export interface QuantisedValue {
  readonly real: string
  readonly scale: number
  readonly zero: number
}

/** Collects nodes and values in order. What depends on constants alone is computed at once. */
export class GraphBuilder {
  readonly nodes: GraphNode[] = []
  readonly shapes = new Map<string, Shape>()
  /** Values that hold quantised integers, with the real value that they stand for. */
  readonly quantised = new Map<string, QuantisedValue>()
  /** Values whose rows are probabilities: not negative, with a sum of 1. */
  readonly distributions = new Set<string>()
  readonly #constants = new Map<string, Constant>()
  readonly #integers = new Set<string>()
  readonly #limits: ImportLimits
  readonly #reserved: ReadonlySet<string>
  #elements = 0
  #steps = 0
  #foldedSteps = 0

  /** `reserved`: the value names of the file, which no value made up here may take. */
  constructor(limits: ImportLimits, reserved: ReadonlySet<string>) {
    this.#limits = limits
    this.#reserved = reserved
  }

  /** Adds a value that is fed at inference. */
  addInput(name: string, shape: Shape): void {
    this.#requireFree(name)
    requireWithin(this.#limits, 'elements', sizeOf(shape))
    this.shapes.set(name, shape)
  }

  /** Adds a value known now. Throws `MODEL_TOO_LARGE` where all constants together exceed the limit. */
  addConstant(name: string, constant: Constant): void {
    this.#requireFree(name)
    this.claimElements(constant.data.length)
    this.#constants.set(name, constant)
  }

  /**
   * Adds a node whose inputs are there already; infers its shape.
   * Throws `UNSUPPORTED_SHAPE` where operands do not fit, `MODEL_TOO_LARGE` beyond a limit.
   */
  addNode(node: GraphNode): void {
    this.#requireFree(node.output)
    const names = nodeInputs(node)
    const inputs = names.map((name) => this.shapeOf(name))
    const shape = inferShape(node, inputs)
    requireWithin(this.#limits, 'rank', shape.length)
    requireWithin(this.#limits, 'elements', sizeOf(shape))
    const steps = countSteps(node, shape, inputs)
    if (names.some((name) => this.shapes.has(name))) {
      this.#steps += steps
      requireWithin(this.#limits, 'steps', this.#steps)
      // One node of the file may become thousands: a sum of many values.
      requireWithin(this.#limits, 'nodes', this.nodes.length + 1)
      this.nodes.push(freezeNode(node))
      this.shapes.set(node.output, Object.freeze([...shape]))
      if (makesIntegers(node, (name) => this.isInteger(name))) this.#integers.add(node.output)
      return
    }
    this.#foldedSteps += steps
    requireWithin(this.#limits, 'foldedSteps', this.#foldedSteps)
    const tensors = names.map((name) => toFloatTensor(this.constant(name)!, `constant "${name}"`))
    this.addConstant(node.output, floatConstant(evaluateNode(node, tensors, shape).data, shape))
  }

  /** Counts elements of constants, before they are made. Throws `MODEL_TOO_LARGE`. */
  claimElements(count: number): void {
    this.#elements += count
    requireWithin(this.#limits, 'elements', this.#elements)
  }

  /** The value where it is known now, null where it is computed at inference. */
  constant(name: string): Constant | null {
    return this.#constants.get(name) ?? null
  }

  /** Whether a value is of an integer type in ONNX: an index, or what is computed from such alone. */
  isInteger(name: string): boolean {
    return this.#integers.has(name) || this.#constants.get(name)?.type === 'integer'
  }

  /** Says that a value holds floats, whatever it is computed from, or integers. */
  setInteger(name: string, isInteger: boolean): void {
    if (isInteger) this.#integers.add(name)
    else this.#integers.delete(name)
  }

  /** The shape of a value. Throws {@link UnknownValue} where an unsupported node would have made it. */
  shapeOf(name: string): Shape {
    const shape = this.shapes.get(name) ?? this.#constants.get(name)?.shape
    if (shape === undefined) throw new UnknownValue(name)
    return shape
  }

  /** A value name that is not taken, made from another. */
  freshName(base: string): string {
    let name = base
    for (let count = 2; this.#reserved.has(name) || this.#isTaken(name); count++) name = `${base}_${count}`
    return name
  }

  #isTaken(name: string): boolean {
    return this.shapes.has(name) || this.#constants.has(name)
  }

  #requireFree(name: string): void {
    if (this.#isTaken(name)) {
      throw new ZkserveError('INVALID_GRAPH', `value "${name}" is made twice`)
    }
  }
}

function makesIntegers(node: GraphNode, isInteger: (name: string) => boolean): boolean {
  if (node.kind === 'argMax' || (node.kind === 'topK' && node.part === 'indices')) return true
  return nodeInputs(node).every(isInteger)
}
