import { ZkserveError } from '#circuits/errors.js'
import type { Constant } from '#circuits/import/constant.js'
import type { ImportLimits } from '#circuits/import/limits.js'
import { type AttributeMessage, type NodeMessage, toNumber } from '#circuits/import/messages.js'
import { readTensor } from '#circuits/import/tensor.js'

/** `AttributeProto.AttributeType` of what operators here take. */
const types = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7, strings: 8 } as const
type TypeName = keyof typeof types

/** The attributes of a node, read by name and type; knows which of them nobody asked for. */
export class Attributes {
  readonly #where: string
  readonly #limits: ImportLimits
  readonly #unread = new Map<string, AttributeMessage>()

  /** Throws `INVALID_ONNX` where a name repeats or an attribute refers to a function's. */
  constructor(node: NodeMessage, where: string, limits: ImportLimits) {
    this.#where = where
    this.#limits = limits
    for (const attribute of node.attribute) {
      const { name } = attribute
      if (name === '' || this.#unread.has(name)) this.#refuse(name, 'stands twice or has no name')
      if (attribute.refAttrName !== '') this.#refuse(name, 'refers to an attribute of a function')
      this.#unread.set(name, attribute)
    }
  }

  /** Names of the attributes that were not read. */
  get unread(): readonly string[] {
    return [...this.#unread.keys()]
  }

  /** Whether an attribute that was not read yet is there. */
  has(name: string): boolean {
    return this.#unread.has(name)
  }

  int<Default>(name: string, otherwise: Default): number | Default {
    const attribute = this.#take(name, 'int')
    return attribute === null ? otherwise : this.#integer(name, toNumber(attribute.i))
  }

  /** An integer that means yes or no. */
  flag(name: string, otherwise: boolean): boolean {
    return this.int(name, otherwise ? 1 : 0) !== 0
  }

  ints<Default>(name: string, otherwise: Default): readonly number[] | Default {
    const attribute = this.#take(name, 'ints')
    if (attribute === null) return otherwise
    return attribute.ints.map((value) => this.#integer(name, toNumber(value)))
  }

  /** Integers of which any beyond 2^53 only means very far: the ends of slices. */
  bounds<Default>(name: string, otherwise: Default): readonly number[] | Default {
    return this.#take(name, 'ints')?.ints.map(toNumber) ?? otherwise
  }

  /** A float that may be NaN or infinite. */
  anyFloat(name: string, otherwise: number): number {
    return this.#take(name, 'float')?.f ?? otherwise
  }

  float(name: string, otherwise: number): number {
    const value = this.anyFloat(name, otherwise)
    if (!Number.isFinite(value)) this.#refuse(name, `is ${value}`)
    return value
  }

  floats<Default>(name: string, otherwise: Default): readonly number[] | Default {
    return this.#take(name, 'floats')?.floats ?? otherwise
  }

  string(name: string, otherwise: string): string {
    const attribute = this.#take(name, 'string')
    return attribute === null ? otherwise : new TextDecoder().decode(attribute.s)
  }

  strings<Default>(name: string, otherwise: Default): readonly string[] | Default {
    const attribute = this.#take(name, 'strings')
    return attribute === null ? otherwise : attribute.strings.map((bytes) => new TextDecoder().decode(bytes))
  }

  tensor(name: string): Constant | null {
    const attribute = this.#take(name, 'tensor')
    if (attribute === null) return null
    if (attribute.t === null) this.#refuse(name, 'holds no tensor')
    return readTensor(attribute.t, `attribute "${name}" of ${this.#where}`, this.#limits)
  }

  #take(name: string, type: TypeName): AttributeMessage | null {
    const attribute = this.#unread.get(name)
    if (attribute === undefined) return null
    this.#unread.delete(name)
    if (attribute.type !== types[type]) this.#refuse(name, `is not of type ${type}`)
    return attribute
  }

  #integer(name: string, value: number): number {
    if (!Number.isSafeInteger(value)) this.#refuse(name, `is out of range: ${value}`)
    return value
  }

  #refuse(name: string, reason: string): never {
    throw new ZkserveError('INVALID_ONNX', `attribute "${name}" of ${this.#where} ${reason}`)
  }
}
