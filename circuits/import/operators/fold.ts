import { type Shape, sizeOf } from '#circuits/graph/graph.js'
import { broadcastIndices } from '#circuits/graph/kernels/indices.js'
import type { Constant } from '#circuits/import/constant.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'
import { commonShape } from '#circuits/import/operators/linear-steps.js'

/** What a constant holds: floats where any operand does, unless told. */
type ElementType = Constant['type']

/**
 * Computes an elementwise operator at import where all operands are constants, with broadcasting. Integers stay
 * exact, as shapes are computed with them; floats are rounded to float32 once. Returns whether it did.
 */
export function foldElementwise(
  call: OperatorCall,
  names: readonly string[],
  compute: (values: readonly number[], type: ElementType) => number,
  resultType?: ElementType,
): boolean {
  const operands = names.map((name) => call.builder.constant(name))
  if (!operands.every((operand) => operand !== null)) return false
  const shape = commonShape(call, names)
  call.builder.claimElements(sizeOf(shape) * operands.length)
  const type = operands.some((operand) => operand.type === 'float') ? 'float' : operands.at(-1)!.type
  const indices = operands.map((operand) => broadcastIndices(operand.shape, shape))
  const values = new Float64Array(sizeOf(shape))
  for (let at = 0; at < values.length; at++) {
    const elements = operands.map((operand, index) => operand.data[indices[index]![at]!]!)
    values[at] = compute(elements, type)
  }
  call.builder.addConstant(call.output, makeConstant(call, resultType ?? type, shape, values))
  return true
}

/** A constant from numbers in double precision. Throws `INVALID_ONNX` where an integer is none or beyond 2^53. */
export function makeConstant(
  call: OperatorCall,
  type: ElementType,
  shape: Shape,
  values: Float64Array,
): Constant {
  if (type === 'float') return { type, shape, data: Float32Array.from(values) }
  const bad = values.find((value) => !Number.isSafeInteger(value))
  if (bad !== undefined) call.refuse(`computes the integer ${bad}`)
  // Negative zeros would show where a later node divides.
  return { type, shape, data: values.map((value) => value + 0) }
}
