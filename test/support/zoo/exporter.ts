import { type AttributeValue, type OnnxType, onnxModel, tensor } from '../onnx-builder.js'
import { RandomSource } from '../random-source.js'

type Attributes = Readonly<Record<string, AttributeValue>>

/** A small model as an exporter writes it. */
export interface ZooModel {
  readonly name: string
  readonly file: Uint8Array
  /** The interval of the inputs that it was made for. */
  readonly low: number
  readonly high: number
  /** Root mean square that integer outputs may be off the float ones by, relative to the largest of these. */
  readonly bound: number
  /** onnxruntime cannot read this file's outputs: they are no tensors. */
  readonly isUnreadable?: true
}

/** Writes a model node by node, with names as PyTorch's exporter gives them and weights from a fixed seed. */
export class Exporter {
  readonly #opset: number
  readonly #random: RandomSource
  readonly #model = {
    inputs: [] as { name: string; shape: (number | string)[] }[],
    nodes: [] as Parameters<typeof onnxModel>[0]['nodes'][number][],
    initializers: {} as Record<string, ReturnType<typeof tensor>>,
    domains: {} as Record<string, number>,
  }

  constructor(opset: number, seed = 1) {
    this.#opset = opset
    this.#random = new RandomSource(seed)
  }

  get opset(): number {
    return this.#opset
  }

  /** A fed value; a symbolic leading axis is a string. */
  input(name: string, shape: readonly (number | string)[]): string {
    this.#model.inputs.push({ name, shape: [...shape] })
    return name
  }

  /** Uniform weights whose products over `fanIn` inputs keep about the size of the inputs. */
  weight(shape: readonly number[], fanIn: number, mean = 0): string {
    const spread = Math.sqrt(3 / fanIn)
    return this.numbers(shape, -spread + mean, spread + mean)
  }

  /** Uniform numbers as an initializer. */
  numbers(shape: readonly number[], low: number, high: number): string {
    return this.constant(shape, this.list(sizeOf(shape), low, high))
  }

  /** Uniform numbers. */
  list(count: number, low: number, high: number): number[] {
    return Array.from({ length: count }, () =>
      Math.fround(low + (this.#random.below(2 ** 24) / 2 ** 24) * (high - low)),
    )
  }

  /** Integers from `low` to `high`. */
  integerList(count: number, low: number, high: number): number[] {
    return Array.from({ length: count }, () => low + this.#random.below(high - low + 1))
  }

  constant(shape: readonly number[], data: readonly number[], type: OnnxType = 'float'): string {
    const name = `onnx::Const_${Object.keys(this.#model.initializers).length}`
    this.#model.initializers[name] = tensor(shape, data, { type })
    return name
  }

  integers(...values: readonly number[]): string {
    return this.constant([values.length], values, 'int64')
  }

  /** A scalar in a Constant node, as PyTorch writes it. */
  scalar(value: number): string {
    return this.node('Constant', [], { value: { tensor: tensor([], [value]) } })
  }

  /** An index without axes in a Constant node. */
  scalarIndex(value: number): string {
    return this.node('Constant', [], { value: { tensor: tensor([], [value], { type: 'int64' }) } })
  }

  /** Integers in a Constant node. */
  list64(...values: readonly number[]): string {
    return this.node('Constant', [], {
      value: { tensor: tensor([values.length], values, { type: 'int64' }) },
    })
  }

  node(op: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.nodes(op, 1, inputs, attributes)[0]!
  }

  nodes(op: string, outputs: number, inputs: readonly string[], attributes: Attributes = {}): string[] {
    const name = `/net/${op}_${this.#model.nodes.length}`
    const made = Array.from({ length: outputs }, (_, index) => `${name}_output_${index}`)
    this.#model.nodes.push({ op, name, inputs, outputs: made, attributes })
    return made
  }

  /** A node of ai.onnx.ml. */
  learned(op: string, outputs: number, inputs: readonly string[], attributes: Attributes): string[] {
    this.#model.domains['ai.onnx.ml'] = 3
    const made = this.nodes(op, outputs, inputs, attributes)
    this.#model.nodes.push({ ...this.#model.nodes.pop()!, domain: 'ai.onnx.ml' })
    return made
  }

  /** y = x·Wᵀ + b as Gemm. */
  linear(value: string, inputs: number, outputs: number): string {
    const [weight, bias] = [this.weight([outputs, inputs], inputs), this.numbers([outputs], -0.2, 0.2)]
    return this.node('Gemm', [value, weight, bias], { transB: 1 })
  }

  /** A convolution with a square kernel (or a line for one spatial axis) that keeps the plane at stride 1. */
  conv(
    value: string,
    channels: number,
    outputs: number,
    { kernel = 3, stride = 1, groups = 1, bias = true, axes = 2 } = {},
  ): string {
    const own = channels / groups
    const kernel_shape = Array<number>(axes).fill(kernel)
    const inputs = [value, this.weight([outputs, own, ...kernel_shape], own * kernel ** axes)]
    if (bias) inputs.push(this.numbers([outputs], -0.2, 0.2))
    return this.node('Conv', inputs, {
      dilations: Array<number>(axes).fill(1),
      group: groups,
      kernel_shape,
      pads: Array<number>(2 * axes).fill((kernel - 1) / 2),
      strides: Array<number>(axes).fill(stride),
    })
  }

  batchNorm(value: string, channels: number): string {
    const parameters = [
      this.numbers([channels], 0.6, 1.4),
      this.numbers([channels], -0.3, 0.3),
      this.numbers([channels], -0.2, 0.2),
      this.numbers([channels], 0.5, 1.5),
    ]
    const momentum = { float: 0.9 }
    return this.node('BatchNormalization', [value, ...parameters], { epsilon: { float: 1e-5 }, momentum })
  }

  /** The file with these outputs: float values, or values with a type. */
  file(...outputs: readonly (string | { readonly name: string; readonly type: OnnxType })[]): Uint8Array {
    return onnxModel({ opset: this.#opset, name: 'main_graph', ...this.#model, outputs })
  }
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1)
}
