import { type ElementwiseNode, type FloatTensor, type ScalarFunction, sizeOf } from '#circuits/graph/graph.js'
import { scalarFunctions } from '#circuits/graph/kernels/scalar-functions.js'

export function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high)
}

/** The value of one function. */
export function applyFunction({ name, parameters }: ScalarFunction, value: number): number {
  const apply = scalarFunctions[name] as (x: number, ...parameters: readonly number[]) => number
  return apply(value, ...parameters)
}

/** Applies the node's function, or that of each channel of axis 1, in double precision. */
export function applyFunctions(node: ElementwiseNode, input: FloatTensor): Float32Array {
  const { functions } = node
  const stride = functions.length === 1 ? input.data.length : sizeOf(input.shape.slice(2))
  return input.data.map((value, index) => {
    return applyFunction(functions[Math.floor(index / stride) % functions.length]!, value)
  })
}
