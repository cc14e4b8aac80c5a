import { zipSync } from 'fflate'
import { modelType } from '#circuits/import/schema.js'
import { type Network, sizes } from '#scripts/models/fraud-risk/train.js'

const float32 = 1

/** The network as the bytes of an ONNX file. */
export function networkOnnx({ hidden, output }: Network): Uint8Array {
  const value = (name: string, ...dims: number[]) => ({
    name,
    type: { tensorType: { elemType: float32, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } },
  })
  const initializer = (name: string, dims: readonly number[], data: Float64Array) => ({
    ...{ name, dims, dataType: float32 },
    rawData: new Uint8Array(Float32Array.from(data).buffer),
  })
  const node = (opType: string, input: readonly string[], out: string) => {
    const transB = { name: 'transB', type: 2, i: 1 }
    return { opType, name: out, input, output: [out], attribute: opType === 'Gemm' ? [transB] : [] }
  }
  const model = {
    irVersion: 8,
    producerName: 'zkserve scripts/models',
    opsetImport: [{ version: 13 }],
    graph: {
      name: 'fraud-risk',
      input: [value('features', 1, sizes.input)],
      output: [value('risk', 1, 1)],
      node: [
        node('Gemm', ['features', 'w1', 'b1'], 'sums'),
        node('Relu', ['sums'], 'active'),
        node('Gemm', ['active', 'w2', 'b2'], 'odds'),
        node('Sigmoid', ['odds'], 'risk'),
      ],
      initializer: [
        initializer('w1', [sizes.hidden, sizes.input], hidden.weights),
        initializer('b1', [sizes.hidden], hidden.biases),
        initializer('w2', [1, sizes.hidden], output.weights),
        initializer('b2', [1], output.biases),
      ],
    },
  }
  return modelType.encode(modelType.fromObject(model)).finish()
}

/** Arrays as a `.npz` file, by name, float32 or int32. Always the same bytes. */
export function arraysNpz(
  arrays: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly data: Float32Array | Int32Array }>
  >,
): Uint8Array {
  const files = Object.entries(arrays).map(([name, { shape, data }]) => {
    const type = data instanceof Float32Array ? '<f4' : '<i4'
    const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
    const text = `{'descr': '${type}', 'fortran_order': False, 'shape': ${tuple}, }\n`
    const header = new TextEncoder().encode(text)
    const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]
    return [`${name}.npy`, Uint8Array.from([...magic, ...header, ...new Uint8Array(data.buffer)])] as const
  })
  return zipSync(Object.fromEntries(files), { mtime: '2026-01-01T00:00:00Z' })
}
