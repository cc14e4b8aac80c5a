import { ZkserveError } from '#circuits/errors.js'
import type { NamedShape } from '#circuits/graph/graph.js'
import { type ImportLimits, requireWithin } from '#circuits/import/limits.js'
import {
  type DimensionMessage,
  type GraphMessage,
  holds,
  toNumber,
  type ValueMessage,
} from '#circuits/import/messages.js'
import { elementTypeName, isFloatType, isNumberType } from '#circuits/import/tensor.js'

/** An input; integers are fed as real numbers too. */
export interface ModelInput extends NamedShape {
  readonly isInteger: boolean
}

/**
 * The model's inputs: those that no initializer stands for. A leading axis that is symbolic is taken as 1.
 * Throws `UNSUPPORTED_SHAPE` for other symbolic axes, `UNSUPPORTED_OPERATOR` for inputs that are no numbers.
 */
export function readModelInputs(graph: GraphMessage, limits: ImportLimits): readonly ModelInput[] {
  const initializers = new Set(graph.initializer.map(({ name }) => name))
  return graph.input
    .filter(({ name }) => !initializers.has(name))
    .map((input) => ({
      name: input.name,
      shape: readShape(input, limits),
      isInteger: !isFloatType(input.type?.tensorType?.elemType ?? 0),
    }))
}

function readShape(input: ValueMessage, limits: ImportLimits): readonly number[] {
  const tensor = input.type?.tensorType
  if (tensor === null || tensor === undefined) {
    throw new ZkserveError('INVALID_ONNX', `input "${input.name}" is no tensor`)
  }
  if (!isNumberType(tensor.elemType)) {
    const type = elementTypeName(tensor.elemType)
    throw new ZkserveError(
      'UNSUPPORTED_OPERATOR',
      `input "${input.name}" holds ${type}, only numbers are supported`,
      {
        hints: ['Feed numbers: move what encodes them out of the model.'],
      },
    )
  }
  if (tensor.shape === null) {
    throw new ZkserveError('UNSUPPORTED_SHAPE', `input "${input.name}" has no shape`)
  }
  requireWithin(limits, 'rank', tensor.shape.dim.length)
  return tensor.shape.dim.map((dimension, axis) => readLength(input.name, dimension, axis))
}

function readLength(name: string, dimension: DimensionMessage, axis: number): number {
  if (!holds(dimension, 'dimValue')) {
    if (axis === 0) return 1
    const symbol = dimension.dimParam === '' ? 'no length' : `the symbolic length "${dimension.dimParam}"`
    throw new ZkserveError('UNSUPPORTED_SHAPE', `input "${name}" has ${symbol} on axis ${axis}`)
  }
  const length = toNumber(dimension.dimValue)
  if (!(Number.isSafeInteger(length) && length >= 1)) {
    throw new ZkserveError('UNSUPPORTED_SHAPE', `input "${name}" has length ${length} on axis ${axis}`)
  }
  return length
}
