import { parseInput } from '#circuits/data/input.js'
import { describe, NestedArrayError, parseNested } from '#circuits/data/nested.js'
import { ZkserveError } from '#circuits/errors.js'
import { type FloatTensor, type NamedShape, sizeOf } from '#circuits/graph/graph.js'
import { formatShape } from '#circuits/graph/shapes.js'
import { isOfDatatype, requestDatatypes } from '#service/http/open-inference/datatypes.js'
import type { RequestInput } from '#service/http/open-inference/schemas.js'

/** Levels of lists that tensor data may have. */
const deepest = 16

/**
 * The tensors of a request as the model takes them. Each must have the model's shape, batch included; axes of
 * length 1 may be left out, and the whole may be flat.
 * @param batch inferences in one
 * @throws ZkserveError `INVALID_INPUT`
 */
export function readTensors(
  given: readonly RequestInput[],
  inputs: readonly NamedShape[],
  batch: number,
): ReadonlyMap<string, FloatTensor> {
  const names = given.map(({ name }) => name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) refuse(`input "${twice}" is given twice`)
  const byName = Object.fromEntries(given.map((input) => [input.name, readTensor(input)]))
  return parseInput({ inputs: byName }, inputs, batch)
}

/** Data of one tensor, nested in its shape. */
function readTensor({ name, shape, datatype, data, parameters = {} }: RequestInput): unknown {
  if ('binary_data_size' in parameters || 'shared_memory_region' in parameters) {
    refuse(
      `input "${name}" is not in the request: binary and shared-memory tensors are not taken, send "data"`,
    )
  }
  if (!requestDatatypes.includes(datatype)) {
    refuse(
      `input "${name}" has the datatype ${JSON.stringify(datatype)}, needs one of ${requestDatatypes.join(', ')}`,
    )
  }
  if (data === undefined) refuse(`input "${name}" lacks "data"`)
  const array = parseData(name, datatype, data)
  const isFlat = array.shape.length === 1
  const size = sizeOf(shape)
  if (array.data.length !== size || !(isFlat || isSame(array.shape, shape))) {
    const shown = `${formatShape(shape)} (${size} numbers)`
    refuse(`input "${name}" says it has the shape ${shown}, its data has ${formatShape(array.shape)}`)
  }
  const odd = array.data.find((value) => !isOfDatatype(value, datatype))
  if (odd !== undefined) refuse(`input "${name}" holds ${odd}, which is no ${datatype}`)
  return nested(Array.from(array.data), shape)
}

function parseData(name: string, datatype: string, data: unknown): ReturnType<typeof parseNested> {
  try {
    return parseNested(datatype === 'BOOL' ? asNumbers(name, data, 0) : data)
  } catch (error) {
    if (error instanceof NestedArrayError) refuse(`input "${name}" ${error.message}`)
    throw error
  }
}

/** `true` and `false` as 1 and 0; anything else is no BOOL. */
function asNumbers(name: string, value: unknown, depth: number): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (!Array.isArray(value) || depth === deepest) {
    refuse(`input "${name}" holds ${describe(value)}, needs true or false`)
  }
  return value.map((element) => asNumbers(name, element, depth + 1))
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis])
}

/** Flat data as lists of lists; a shape with an empty axis, or without axes, stays flat. */
function nested(data: readonly number[], shape: readonly number[]): unknown {
  if (shape.length < 2 || data.length === 0) return data
  const [, ...inner] = shape
  const size = sizeOf(inner)
  return Array.from({ length: shape[0]! }, (_, row) =>
    nested(data.slice(row * size, (row + 1) * size), inner),
  )
}

function refuse(message: string): never {
  throw new ZkserveError('INVALID_INPUT', message, {
    hints: ['See the inputs that GET /v2/models/MODEL gives: name, datatype and shape.'],
  })
}
