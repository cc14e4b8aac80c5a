import { modelType } from '#circuits/import/schema.js'

/** Values of attributes: whole numbers and lists of them are integers, `{ float }` is a float. */
type AttributeValue = number | string | readonly number[] | { readonly float: number }

/** Writes an ONNX file of one input, with weights from a fixed seed. */
export class OnnxWriter {
  readonly #nodes: object[] = []
  readonly #initializers: object[] = []
  #state = 1

  /** Adds a node; gives the name of its first output. */
  node(
    opType: string,
    input: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    outputs = 1,
  ): string {
    const name = `${opType}${this.#nodes.length}`
    const output = Array.from({ length: outputs }, (_, index) => `${name}_${index}`)
    const attribute = Object.entries(attributes).map(([key, value]) => ({ name: key, ...encode(value) }))
    this.#nodes.push({ opType, name, input, output, attribute })
    return output[0]!
  }

  /** Uniform weights whose products over `fanIn` inputs keep about the size of the inputs. */
  weights(shape: readonly number[], fanIn: number): string {
    const spread = Math.sqrt(3 / fanIn)
    const size = shape.reduce((product, length) => product * length, 1)
    return this.floats(
      shape,
      Array.from({ length: size }, () => (2 * this.#next() - 1) * spread),
    )
  }

  floats(shape: readonly number[], values: readonly number[]): string {
    return this.#tensor({
      dims: shape,
      dataType: 1,
      rawData: new Uint8Array(Float32Array.from(values).buffer),
    })
  }

  integers(...values: readonly number[]): string {
    return this.#tensor({
      dims: [values.length],
      dataType: 7,
      rawData: new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
    })
  }

  /** The file: input `x` of a shape, opset 17. */
  finish(shape: readonly number[], output: string): Uint8Array {
    const dim = shape.map((dimValue) => ({ dimValue }))
    const model = {
      irVersion: 8,
      opsetImport: [{ version: 17 }],
      graph: {
        name: 'sweep',
        node: this.#nodes,
        initializer: this.#initializers,
        input: [{ name: 'x', type: { tensorType: { elemType: 1, shape: { dim } } } }],
        output: [{ name: output, type: { tensorType: { elemType: 1 } } }],
      },
    }
    return Uint8Array.from(modelType.encode(modelType.fromObject(model)).finish())
  }

  #tensor(tensor: object): string {
    const name = `weights${this.#initializers.length}`
    this.#initializers.push({ ...tensor, name })
    return name
  }

  #next(): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0
    return this.#state / 2 ** 32
  }
}

function encode(value: AttributeValue): object {
  if (typeof value === 'number') return { type: 2, i: value }
  if (typeof value === 'string') return { type: 3, s: new TextEncoder().encode(value) }
  if ('float' in value) return { type: 1, f: value.float }
  return { type: 7, ints: value }
}
