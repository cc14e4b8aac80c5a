import { type Constant, floatConstant, integerConstant, reshapeConstant } from '#circuits/import/constant.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'

/** Constant in each of its numeric forms. */
export function readConstant(call: OperatorCall): void {
  call.builder.addConstant(call.output, value(call))
}

function value(call: OperatorCall): Constant {
  const { attributes } = call
  if (attributes.has('value')) return attributes.tensor('value')!
  const float = attributes.has('value_float') ? attributes.float('value_float', 0) : null
  if (float !== null) return floatConstant(Float32Array.of(float), [])
  const floats = attributes.floats('value_floats', null)
  if (floats !== null) return floatConstant(Float32Array.from(floats))
  const integer = attributes.int('value_int', null)
  if (integer !== null) return reshapeConstant(integerConstant([integer]), [])
  const integers = attributes.ints('value_ints', null)
  if (integers !== null) return integerConstant(integers)
  return call.unsupported('holds no numbers: sparse and string constants are not supported')
}
