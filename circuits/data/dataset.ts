import { type DataLimits, defaultDataLimits } from '#circuits/data/limits.js'
import { describe, NestedArrayError, parseNested } from '#circuits/data/nested.js'
import { isNpy, parseNpy } from '#circuits/data/npy.js'
import { isZip, parseNpz } from '#circuits/data/npz.js'
import { fitsShape, type NumericArray } from '#circuits/data/numeric-array.js'
import { ZkserveError } from '#circuits/errors.js'
import { type FloatTensor, type NamedShape, sizeOf } from '#circuits/graph/graph.js'
import { formatShape } from '#circuits/graph/shapes.js'

/** Rows to calibrate or evaluate a model with. */
export interface Dataset {
  /** Number of rows. */
  readonly count: number
  /** By input name, in the shape [count, ...shape of the input]. */
  readonly inputs: ReadonlyMap<string, FloatTensor>
  /** The true class of each row, where the file gives it. */
  readonly labels: Int32Array | null
}

type Arrays = ReadonlyMap<string, NumericArray>

/**
 * Reads a data file for a model with the given inputs: `.npz` with `inputs` (or one array for each input, by
 * name) and optional `labels`, one `.npy` of inputs, or JSON of the same form. The first axis counts rows; each
 * row may be flat or nested. Throws `INVALID_DATA`.
 */
export function parseDataset(
  bytes: Uint8Array,
  inputs: readonly NamedShape[],
  limits: DataLimits = defaultDataLimits,
): Dataset {
  const wanted = new Set(['inputs', 'labels', ...inputs.map(({ name }) => name)])
  if (isZip(bytes)) return toDataset(parseNpz(bytes, wanted, limits), inputs)
  if (isNpy(bytes)) return toDataset(new Map([['inputs', parseNpy(bytes, 'inputs', limits)]]), inputs)
  return toDataset(parseJson(bytes, wanted), inputs)
}

/** One row of a dataset, by input name, in the shapes of the inputs. The data are views. */
export function datasetRow(dataset: Dataset, row: number): Map<string, FloatTensor> {
  return new Map(
    Array.from(dataset.inputs, ([name, { shape, data }]) => {
      const size = data.length / dataset.count
      return [name, { shape: shape.slice(1), data: data.subarray(row * size, (row + 1) * size) }]
    }),
  )
}

/** The first rows of a dataset, `count` of them or all. The data are views. */
export function firstRows(dataset: Dataset, count: number): Dataset {
  if (dataset.count <= count) return dataset
  const inputs = Array.from(dataset.inputs, ([name, { shape, data }]): [string, FloatTensor] => {
    const size = data.length / dataset.count
    return [name, { shape: [count, ...shape.slice(1)], data: data.subarray(0, count * size) }]
  })
  return { count, inputs: new Map(inputs), labels: dataset.labels?.subarray(0, count) ?? null }
}

/** `count` rows from `first` on, around the end, laid one after the other: the input of a batch. */
export function stackedRows(dataset: Dataset, first: number, count: number): Map<string, FloatTensor> {
  const rows = Array.from({ length: count }, (_, i) => datasetRow(dataset, (first + i) % dataset.count))
  return new Map(
    Array.from(rows[0]!, ([name, { shape, data }]) => {
      const stacked = new Float32Array(count * data.length)
      rows.forEach((row, i) => {
        stacked.set(row.get(name)!.data, i * data.length)
      })
      return [name, { shape: [count, ...shape], data: stacked }]
    }),
  )
}

/** All rows of a dataset, one after the other. */
export function* datasetRows(dataset: Dataset): Iterable<Map<string, FloatTensor>> {
  for (let row = 0; row < dataset.count; row++) yield datasetRow(dataset, row)
}

function toDataset(arrays: Arrays, inputs: readonly NamedShape[]): Dataset {
  const tensors = new Map(
    inputs.map((input): [string, FloatTensor] => {
      const shared = inputs.length === 1 ? arrays.get('inputs') : undefined
      const array = arrays.get(input.name) ?? shared ?? refuse(`the data lack input "${input.name}"`)
      return [input.name, toRows(array, input)]
    }),
  )
  const [count, ...others] = Array.from(tensors.values(), ({ shape }) => shape[0]!)
  if (count === undefined || count === 0) refuse('the data hold no rows')
  const odd = others.find((other) => other !== count)
  if (odd !== undefined) refuse(`the inputs have ${count} and ${odd} rows`)
  const labels = arrays.get('labels')
  return { count, inputs: tensors, labels: labels === undefined ? null : toLabels(labels, count) }
}

function toRows({ shape, data }: NumericArray, input: NamedShape): FloatTensor {
  const [count, ...row] = shape
  if (count === undefined || !fitsShape(row, input.shape)) {
    const expected = `rows of ${formatShape(input.shape)} (${sizeOf(input.shape)} numbers)`
    refuse(`input "${input.name}" needs ${expected}, got an array of shape ${formatShape(shape)}`)
  }
  const single = data instanceof Float32Array ? data : Float32Array.from(data)
  const at = single.findIndex((value) => !Number.isFinite(value))
  if (at >= 0) {
    const place = `row ${Math.floor(at / sizeOf(input.shape))}`
    refuse(`input "${input.name}" holds ${data[at]} in ${place}, which is no finite float32`)
  }
  return { shape: [count, ...input.shape], data: single }
}

function toLabels({ shape, data }: NumericArray, count: number): Int32Array {
  if (data.length !== count)
    refuse(`needs ${count} labels, one for each row, got shape ${formatShape(shape)}`)
  const labels = Int32Array.from(data)
  const at = labels.findIndex((label, index) => label !== data[index])
  if (at >= 0) refuse(`label ${at} is ${data[at]}, needs a 32-bit integer`)
  return labels
}

function parseJson(bytes: Uint8Array, wanted: ReadonlySet<string>): Arrays {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new ZkserveError('INVALID_DATA', 'the data file is neither .npz nor JSON', { cause })
  }
  if (!isObject(value)) refuse(`the data file needs a JSON object with "inputs", got ${describe(value)}`)
  const { inputs, ...rest } = value
  const arrays = isObject(inputs) ? { ...rest, ...inputs } : value
  const entries = Object.entries(arrays).filter(([name, array]) => wanted.has(name) && array !== null)
  return new Map(entries.map(([name, array]) => [name, parseArray(name, array)]))
}

function parseArray(name: string, value: unknown): NumericArray {
  try {
    return parseNested(value)
  } catch (error) {
    if (error instanceof NestedArrayError) refuse(`"${name}" ${error.message}`)
    throw error
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refuse(message: string): never {
  throw new ZkserveError('INVALID_DATA', message)
}
