import { ZkserveError } from '#circuits/errors.js'
import { type FloatTensor, type Shape, sizeOf } from '#circuits/graph/graph.js'

/** A value known at import: a weight, or a shape and the like. Floats are float32; integers are exact to 2^53. */
export type Constant =
  | { readonly type: 'float'; readonly shape: Shape; readonly data: Float32Array }
  | {
      readonly type: 'integer' | 'boolean'
      readonly shape: Shape
      readonly data: Float64Array
      /** The element type that the file gives, such as `uint8`, where that is known. */
      readonly element?: string
    }

/** A one-axis constant of integers. */
export function integerConstant(values: readonly number[]): Constant {
  return { type: 'integer', shape: [values.length], data: Float64Array.from(values) }
}

/** A float constant; `shape` defaults to one axis. */
export function floatConstant(data: Float32Array, shape: Shape = [data.length]): Constant {
  return { type: 'float', shape, data }
}

/** The same elements in another shape of the same size. */
export function reshapeConstant(constant: Constant, shape: Shape): Constant {
  return { ...constant, shape }
}

/** The elements at `indices`, in `shape`; `fill` where an index is -1. */
export function selectConstant(constant: Constant, indices: Int32Array, shape: Shape, fill = 0): Constant {
  const selected =
    constant.type === 'float' ? new Float32Array(sizeOf(shape)) : new Float64Array(sizeOf(shape))
  for (let at = 0; at < selected.length; at++) {
    const index = indices[at]!
    selected[at] = index < 0 ? fill : constant.data[index]!
  }
  return { ...constant, shape, data: selected } as Constant
}

/** A constant as weights. Throws `INVALID_GRAPH` where it holds NaN or infinities. */
export function toFloatTensor(constant: Constant, what: string): FloatTensor {
  const at = constant.data.findIndex((value) => !Number.isFinite(value))
  if (at >= 0) {
    throw new ZkserveError('INVALID_GRAPH', `${what} holds ${constant.data[at]} at index ${at}`)
  }
  const data = constant.type === 'float' ? constant.data : Float32Array.from(constant.data)
  return { shape: constant.shape, data }
}
