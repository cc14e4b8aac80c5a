import { type Shape, sizeOf } from '#circuits/graph/graph.js'
import { concatenateIndices } from '#circuits/graph/kernels/concatenate.js'
import { formatShape, sameShape } from '#circuits/graph/shapes.js'
import { type Constant, floatConstant, toFloatTensor } from '#circuits/import/constant.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'
import { uniformValue } from '#circuits/import/operators/constant-operand.js'
import { selectStep } from '#circuits/import/operators/index-map.js'
import { addConstantStep } from '#circuits/import/operators/linear-steps.js'
import { addStep, finish } from '#circuits/import/operators/steps.js'

/** Concat of values and constants; constants alone make a constant of their type. */
export function readConcat(call: OperatorCall): void {
  const names = call.allInputs()
  const shapes = names.map((name) => call.builder.shapeOf(name))
  const [first] = shapes as [Shape, ...Shape[]]
  const axis = call.axis(call.attributes.int('axis', null) ?? call.refuse('lacks its axis'), first.length)
  const fits = (shape: Shape): boolean =>
    shape.length === first.length && sameShape(shape.with(axis, 0), first.with(axis, 0))
  if (!shapes.every(fits))
    call.refuse(`joins ${shapes.slice(0, 8).map(formatShape).join(', ')} along axis ${axis}`)
  const constants = names.map((name) => call.builder.constant(name))
  const values = names.filter((_, index) => constants[index] === null)
  if (values.length === 0)
    call.builder.addConstant(call.output, joinConstants(call, constants as Constant[], axis))
  else if (values.length === names.length) finish(call, joinValues(call, values, axis))
  else finish(call, joinMixed(call, names, axis))
}

function joinValues(call: OperatorCall, names: readonly string[], axis: number): string {
  return names.length === 1 ? names[0]! : addStep(call, { kind: 'concat', inputs: names, axis })
}

function joinConstants(call: OperatorCall, parts: readonly Constant[], axis: number): Constant {
  const [{ type, shape: first }] = parts as [Constant]
  if (parts.some((part) => part.type !== type)) call.refuse('joins constants of different types')
  const shape = first.with(
    axis,
    parts.reduce((sum, part) => sum + part.shape[axis]!, 0),
  )
  call.builder.claimElements(sizeOf(shape))
  const all = type === 'float' ? new Float32Array(sizeOf(shape)) : new Float64Array(sizeOf(shape))
  let start = 0
  for (const { data } of parts) {
    all.set(data, start)
    start += data.length
  }
  const indices = concatenateIndices(
    parts.map((part) => part.shape),
    axis,
  )
  return { type, shape, data: all.map((_, at) => all[indices[at]!]!) } as Constant
}

/** Values joined and spread over their places, constants put between them: as fill, or added to zeros. */
function joinMixed(call: OperatorCall, names: readonly string[], axis: number): string {
  const values: string[] = []
  const spread: number[] = []
  const parts: Constant[] = []
  let taken = 0
  for (const name of names) {
    const shape = call.builder.shapeOf(name)
    const constant = call.builder.constant(name)
    const length = shape[axis]!
    if (constant === null) {
      values.push(name)
      for (let index = 0; index < length; index++) spread.push(taken++)
      call.builder.claimElements(sizeOf(shape))
    } else for (let index = 0; index < length; index++) spread.push(-1)
    const floats =
      constant === null ? new Float32Array(sizeOf(shape)) : toFloatTensor(constant, `constant "${name}"`).data
    parts.push(floatConstant(floats, shape))
  }
  const joined = joinValues(call, values, axis)
  const given = names.flatMap((name, index) => (call.builder.constant(name) === null ? [] : [parts[index]!]))
  const numbers = given.map(({ data }) => uniformValue(data))
  const fill = numbers.every((number) => number === numbers[0]) ? numbers[0]! : null
  const result = selectStep(call, joined, new Map([[axis, spread]]), fill ?? 0)
  return fill === null
    ? addConstantStep(call, result, joinConstants(call, parts, axis) as { type: 'float' } & Constant)
    : result
}
