import { describe, NestedArrayError, parseNested } from '#circuits/data/nested.js'
import { fitsShape } from '#circuits/data/numeric-array.js'
import { ZkserveError } from '#circuits/errors.js'
import { type FloatTensor, type NamedShape, sizeOf } from '#circuits/graph/graph.js'
import { formatShape } from '#circuits/graph/shapes.js'

/**
 * Reads the input of one inference from a parsed JSON object: `{"input": [...]}`, flat or nested, or by name
 * `{"input": {"a": [...]}}`; `inputs` means the same. Other keys are left alone.
 * Throws `INVALID_INPUT` for what is missing, unknown, ragged, no finite number, or of another size.
 * @param batch inferences in one: above 1 the first axis of each input counts rows, each flat or nested
 */
export function parseInput(
  value: unknown,
  inputs: readonly NamedShape[],
  batch = 1,
): Map<string, FloatTensor> {
  if (!isObject(value)) refuse(`an input needs a JSON object {"input": [...]}, got ${describe(value)}`)
  const given = ['input', 'inputs'].filter((key) => Object.hasOwn(value, key))
  if (given.length === 0) refuse('the object lacks "input"')
  if (given.length === 2) refuse('the object has both "input" and "inputs"')
  const [key] = given as [string]
  const byName = namedValues(value[key], inputs)
  return new Map(inputs.map((input) => [input.name, parseTensor(byName.get(input.name), input, batch)]))
}

function namedValues(value: unknown, inputs: readonly NamedShape[]): ReadonlyMap<string, unknown> {
  const names = inputs.map(({ name }) => name)
  const list = names.map((name) => `"${name}"`).join(', ')
  if (!isObject(value)) {
    if (names.length !== 1) refuse(`the model has the inputs ${list}: give an object by name`)
    return new Map([[names[0]!, value]])
  }
  const unknown = Object.keys(value).find((name) => !names.includes(name))
  if (unknown !== undefined) refuse(`the model has no input "${unknown}", only ${list}`)
  const missing = names.find((name) => !Object.hasOwn(value, name))
  if (missing !== undefined) refuse(`input "${missing}" is missing`)
  return new Map(Object.entries(value))
}

function parseTensor(value: unknown, { name, shape }: NamedShape, batch: number): FloatTensor {
  const array = parseArray(value, name)
  const [rows, ...row] = array.shape
  const areRows = batch > 1 && rows === batch && fitsShape(row, shape.slice(1))
  if (!areRows && !fitsShape(array.shape, shape)) {
    const numbers = batch === 1 ? '' : `${batch} rows of ${sizeOf(shape) / batch}, `
    const expected = `${numbers}${sizeOf(shape)} numbers, flat or as ${formatShape(shape)}`
    refuse(`input "${name}" needs ${expected}, got shape ${formatShape(array.shape)}`, {
      expected: shape,
      got: array.shape,
    })
  }
  const data = Float32Array.from(array.data)
  const at = data.findIndex((element) => !Number.isFinite(element))
  if (at >= 0) refuse(`input "${name}" holds ${array.data[at]} at element ${at}, beyond float32`)
  return { shape, data }
}

function parseArray(value: unknown, name: string): ReturnType<typeof parseNested> {
  if (!Array.isArray(value)) refuse(`input "${name}" needs an array of numbers, got ${describe(value)}`)
  try {
    return parseNested(value)
  } catch (error) {
    if (error instanceof NestedArrayError) refuse(`input "${name}" ${error.message}`)
    throw error
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refuse(message: string, details: Readonly<Record<string, unknown>> = {}): never {
  throw new ZkserveError('INVALID_INPUT', message, { details })
}
