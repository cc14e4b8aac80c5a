import { ZkserveError } from '#circuits/errors.js'

/** What a model may cost before and while it is read; beyond it is `MODEL_TOO_LARGE`. */
export interface ImportLimits {
  /** Bytes of the file. */
  readonly bytes: number
  /** Protobuf fields in the whole file, packed elements apart. */
  readonly fields: number
  /** Messages inside messages. */
  readonly depth: number
  /** Nodes of the file, those of subgraphs and functions counted, and nodes of the graph that they become. */
  readonly nodes: number
  /** Variable-length integers in packed fields: they cost the decoder many times their size. */
  readonly packedIntegers: number
  /** Elements of all constants, once where they are stored and once for each use, and of any one value. */
  readonly elements: number
  /** Axes of a tensor. */
  readonly rank: number
  /** Multiplications and window elements of one inference. */
  readonly steps: number
  /** The same for what depends on constants alone and is computed at import. */
  readonly foldedSteps: number
}

/** Limits that hold reading below about 256 MB and two seconds. */
export const defaultLimits: ImportLimits = {
  bytes: 64 * 2 ** 20,
  fields: 300_000,
  depth: 24,
  nodes: 10_000,
  packedIntegers: 500_000,
  elements: 10 * 2 ** 20,
  rank: 8,
  steps: 2 ** 31,
  foldedSteps: 2 ** 26,
}

const descriptions: Readonly<Record<keyof ImportLimits, string>> = {
  bytes: 'bytes',
  fields: 'protobuf fields',
  depth: 'levels of nesting',
  nodes: 'nodes',
  packedIntegers: 'packed integers',
  elements: 'tensor elements',
  rank: 'axes in a tensor',
  steps: 'multiplications',
  foldedSteps: 'multiplications of constants',
}

/** Throws `MODEL_TOO_LARGE` where `value` exceeds the limit of that name. */
export function requireWithin(limits: ImportLimits, name: keyof ImportLimits, value: number): void {
  const maximum = limits[name]
  if (value <= maximum) return
  throw new ZkserveError('MODEL_TOO_LARGE', `the model has more than ${maximum} ${descriptions[name]}`, {
    details: { limit: name, maximum },
  })
}
