import { ZkserveError } from '#circuits/errors.js'
import { type FloatTensor, type Shape, sizeOf } from '#circuits/graph/graph.js'
import { Attributes } from '#circuits/import/attributes.js'
import { type Constant, toFloatTensor } from '#circuits/import/constant.js'
import type { GraphBuilder } from '#circuits/import/graph-builder.js'
import type { ImportLimits } from '#circuits/import/limits.js'
import type { NodeMessage } from '#circuits/import/messages.js'
import { UnknownValue, UnsupportedReason } from '#circuits/import/unsupported.js'

/** What a call needs to know of its surroundings. */
export interface CallContext {
  readonly builder: GraphBuilder
  readonly limits: ImportLimits
  readonly opset: number
  /** Whether some node or the model's outputs read the value. */
  readonly isRead: (value: string) => boolean
}

/** One ONNX node as an operator's reader sees it. */
export class OperatorCall {
  readonly name: string
  readonly operator: string
  readonly opset: number
  readonly attributes: Attributes
  readonly builder: GraphBuilder
  /** The name of the first output. */
  readonly output: string
  readonly #inputs: readonly string[]
  readonly #outputs: readonly string[]
  readonly #isRead: (value: string) => boolean
  /** How many inner values there are of each step. */
  readonly #steps = new Map<string, number>()

  constructor(node: NodeMessage, name: string, context: CallContext) {
    this.name = name
    this.operator = node.opType
    this.opset = context.opset
    this.builder = context.builder
    this.#isRead = context.isRead
    this.attributes = new Attributes(node, this.where, context.limits)
    this.#inputs = node.input
    this.#outputs = node.output
    this.output = node.output[0] ?? ''
    if (this.output === '') this.refuse('has no output')
  }

  /** The call as error messages name it. */
  get where(): string {
    return `${this.operator} "${this.name}"`
  }

  /** What every graph node has in common, for the node that makes the call's output. */
  get base(): { readonly name: string; readonly operator: string; readonly output: string } {
    return { name: this.name, operator: this.operator, output: this.output }
  }

  /** Throws `INVALID_ONNX` unless the number of inputs is within [least, most]. */
  requireInputs(least: number, most: number): void {
    if (this.#inputs.length < least || this.#inputs.length > most) {
      this.refuse(`has ${this.#inputs.length} inputs, needs ${least}${most > least ? ` to ${most}` : ''}`)
    }
  }

  /** Refuses as unsupported what reads an output beyond the first `most`. */
  requireOutputs(most: number): void {
    const at = this.#outputs.findIndex((name, index) => index >= most && name !== '' && this.#isRead(name))
    if (at < 0) return
    const place = at === 1 ? 'a second output' : `an output ${at}`
    this.unsupported(`has ${place} "${this.#outputs[at]}" that is used`)
  }

  /** The number of outputs that the node names, those left out included. */
  get outputCount(): number {
    return this.#outputs.length
  }

  /** The name of an output that something reads, else null: then it need not be made. */
  usedOutput(index: number): string | null {
    const name = this.#outputs[index] ?? ''
    return name !== '' && this.#isRead(name) ? name : null
  }

  /** The value name of an input, or null where it is left out. */
  optionalInput(index: number): string | null {
    const name = this.#inputs[index] ?? ''
    return name === '' ? null : name
  }

  /** The value name of an input. */
  input(index: number): string {
    return this.optionalInput(index) ?? this.refuse(`lacks input ${index}`)
  }

  /** The names of all inputs, none of them left out. */
  allInputs(): readonly string[] {
    return this.#inputs.map((_, index) => this.input(index))
  }

  inputShape(index: number): Shape {
    return this.builder.shapeOf(this.input(index))
  }

  /** An input that must be known now; unsupported otherwise. */
  constantInput(index: number, what: string): Constant {
    return this.optionalConstant(index, what) ?? this.refuse(`lacks its ${what}`)
  }

  /** Like {@link constantInput}, null where the input is left out. */
  optionalConstant(index: number, what: string): Constant | null {
    const name = this.optionalInput(index)
    if (name === null) return null
    const constant = this.builder.constant(name)
    if (constant === null) {
      if (!this.builder.shapes.has(name)) throw new UnknownValue(name)
      this.unsupported(`needs a constant ${what}, but "${name}" is computed`)
    }
    return constant
  }

  /** Weights. Every use counts, as each may need a copy. Throws `INVALID_GRAPH` where they are not finite. */
  weights(index: number, what: string): FloatTensor {
    const constant = this.constantInput(index, what)
    this.builder.claimElements(constant.data.length)
    return toFloatTensor(constant, `the ${what} of ${this.where}`)
  }

  /** A constant input of integers on one axis (or none), or null where it is left out. */
  optionalIntegers(index: number, what: string): readonly number[] | null {
    const constant = this.optionalConstant(index, what)
    if (constant === null) return null
    if (constant.type !== 'integer' || constant.shape.length > 1)
      this.refuse(`has ${what} that are no integers`)
    return Array.from(constant.data)
  }

  /** A constant input of one element, or null where it is left out. */
  optionalScalar(index: number, what: string): number | null {
    const constant = this.optionalConstant(index, what)
    if (constant === null) return null
    if (sizeOf(constant.shape) !== 1) this.refuse(`has a ${what} of more than one element`)
    return constant.data[0]!
  }

  /** An axis counted from the front; `rank` itself is allowed where `inclusive`. Throws `INVALID_ONNX`. */
  axis(axis: number, rank: number, inclusive = false): number {
    const resolved = axis < 0 ? axis + rank : axis
    if (!(Number.isInteger(resolved) && resolved >= 0 && resolved < rank + (inclusive ? 1 : 0))) {
      this.refuse(`has axis ${axis}, outside of ${rank} axes`)
    }
    return resolved
  }

  /** A name for a value between the graph nodes that one ONNX node becomes. */
  innerValue(step: string): string {
    const count = (this.#steps.get(step) ?? 0) + 1
    this.#steps.set(step, count)
    return this.builder.freshName(`${this.output}/${step}${count === 1 ? '' : `_${count}`}`)
  }

  /** Gives up this node: it becomes one of the offenders that the import names together. */
  unsupported(reason: string): never {
    throw new UnsupportedReason(reason)
  }

  /** Throws `INVALID_ONNX`: the node breaks ONNX's own rules. */
  refuse(reason: string): never {
    throw new ZkserveError('INVALID_ONNX', `${this.where} ${reason}`)
  }
}
