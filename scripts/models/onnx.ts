import { modelType } from '#circuits/import/schema.js'

const float32 = 1

/** A node that makes one value, which has the node's name. */
export interface OnnxNode {
  readonly opType: string
  readonly inputs: readonly string[]
  readonly output: string
  /** Integer attributes by name. */
  readonly attributes?: Readonly<Record<string, number>>
}

export interface OnnxInitializer {
  readonly name: string
  readonly dims: readonly number[]
  readonly data: ArrayLike<number>
}

export interface OnnxGraph {
  readonly name: string
  readonly opset: number
  /** Shapes by name. */
  readonly inputs: Readonly<Record<string, readonly number[]>>
  readonly outputs: Readonly<Record<string, readonly number[]>>
  readonly nodes: readonly OnnxNode[]
  readonly initializers: readonly OnnxInitializer[]
}

/** A graph of float32 values as the bytes of an ONNX file. */
export function onnxBytes({ name, opset, inputs, outputs, nodes, initializers }: OnnxGraph): Uint8Array {
  const values = (shapes: OnnxGraph['inputs']) =>
    Object.entries(shapes).map(([name, dims]) => ({
      name,
      type: { tensorType: { elemType: float32, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } },
    }))
  const model = {
    irVersion: 8,
    producerName: 'zkserve scripts/models',
    opsetImport: [{ version: opset }],
    graph: {
      ...{ name, input: values(inputs), output: values(outputs) },
      node: nodes.map(({ opType, inputs, output, attributes = {} }) => ({
        ...{ opType, name: output, input: inputs, output: [output] },
        attribute: Object.entries(attributes).map(([name, i]) => ({ name, type: 2, i })),
      })),
      initializer: initializers.map(({ name, dims, data }) => ({
        ...{ name, dims, dataType: float32 },
        rawData: new Uint8Array(Float32Array.from(data).buffer),
      })),
    },
  }
  return modelType.encode(modelType.fromObject(model)).finish()
}
