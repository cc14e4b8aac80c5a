import type { NumericArray } from '#circuits/data/numeric-array.js'

/** Why a value is no array of numbers. */
export class NestedArrayError extends Error {}

const depthLimit = 16

/**
 * Reads nested JSON arrays of numbers, all of one length on each level.
 * Throws {@link NestedArrayError} for ragged arrays and for what is no finite number, with its place.
 */
export function parseNested(value: unknown): NumericArray {
  const shape: number[] = []
  for (let level = value; Array.isArray(level); level = level[0]) {
    shape.push(level.length)
    if (shape.length > depthLimit) throw new NestedArrayError(`is nested deeper than ${depthLimit} levels`)
  }
  const numbers: number[] = []
  collect(value, shape, [], numbers)
  return { shape, data: Float64Array.from(numbers) }
}

function collect(value: unknown, shape: readonly number[], path: readonly number[], numbers: number[]): void {
  const where = path.length === 0 ? '' : ` at [${path.join(', ')}]`
  if (path.length === shape.length) {
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      throw new NestedArrayError(`holds ${describe(value)}${where}, needs finite numbers`)
    }
    numbers.push(value)
    return
  }
  const length = shape[path.length]!
  if (!Array.isArray(value)) {
    throw new NestedArrayError(`is ragged: needs an array of ${length}${where}, got ${describe(value)}`)
  }
  if (value.length !== length) {
    throw new NestedArrayError(`is ragged: needs ${length} elements${where}, got ${value.length}`)
  }
  if (path.length === shape.length - 1) {
    for (let index = 0; index < length; index++) {
      const element: unknown = value[index]
      if (typeof element === 'number' && Number.isFinite(element)) numbers.push(element)
      else collect(element, shape, [...path, index], numbers)
    }
    return
  }
  for (let index = 0; index < length; index++) collect(value[index], shape, [...path, index], numbers)
}

/** A JSON value in a few words. */
export function describe(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'number') return String(value)
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
