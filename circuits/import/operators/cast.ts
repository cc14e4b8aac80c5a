import type { Constant } from '#circuits/import/constant.js'
import { integerRanges } from '#circuits/import/integer-ranges.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'
import { applyStep } from '#circuits/import/operators/scalar-steps.js'
import { finish } from '#circuits/import/operators/steps.js'
import { elementTypeName, isFloatType } from '#circuits/import/tensor.js'

/** Cast: of constants, between float types, where values stay as they are, and to integers by truncation. */
export function readCast(call: OperatorCall): void {
  const to = call.attributes.int('to', 0)
  call.attributes.int('saturate', 1)
  const name = elementTypeName(to)
  const type = isFloatType(to) ? 'float' : name === 'bool' ? 'boolean' : 'integer'
  if (type === 'integer' && !Object.hasOwn(integerRanges, name)) call.unsupported(`casts to ${name}`)
  castTo(call, type, name)
}

/** CastLike: a cast to the type of another value. */
export function readCastLike(call: OperatorCall): void {
  call.attributes.int('saturate', 1)
  const target = call.input(1)
  const known = call.builder.constant(target)?.type
  const type = known ?? (call.builder.isInteger(target) ? 'integer' : 'float')
  castTo(call, type, type === 'integer' ? 'int64' : type)
}

function castTo(call: OperatorCall, type: Constant['type'], name: string): void {
  const input = call.input(0)
  const constant = call.builder.constant(input)
  if (constant !== null) {
    call.builder.addConstant(call.output, castConstant(call, constant, type, name))
    return
  }
  if (type === 'boolean') call.unsupported('casts a computed value to bool')
  if (type === 'integer' && name !== 'int32' && name !== 'int64') {
    call.unsupported(`casts a computed value to ${name}`)
  }
  const isWhole = type === 'float' || call.builder.isInteger(input)
  finish(call, isWhole ? input : applyStep(call, input, 'truncate'))
  call.builder.setInteger(call.output, type === 'integer')
}

function castConstant(
  call: OperatorCall,
  constant: Constant,
  type: Constant['type'],
  name: string,
): Constant {
  const { shape, data } = constant
  if (type === 'float') return { type, shape, data: Float32Array.from(data) }
  if (type === 'boolean')
    return { type, shape, data: Float64Array.from(data, (value) => (value === 0 ? 0 : 1)) }
  const [least, most] = integerRanges[name]!
  const whole = Float64Array.from(data, Math.trunc)
  const outside = whole.find((value) => !(value >= least && value <= most))
  if (outside !== undefined) call.unsupported(`casts ${outside} to ${name}`)
  return { type, shape, data: whole }
}
