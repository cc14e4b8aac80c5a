import { type FileHandle, open } from 'node:fs/promises'
import { ZkserveError } from '#circuits/errors.js'
import { freezeGraph } from '#circuits/graph/freeze.js'
import type { Graph } from '#circuits/graph/graph.js'
import { verifyGraph } from '#circuits/graph/verify.js'
import type { OnnxReading } from '#circuits/import/import-model.js'
import { requireWithin } from '#circuits/import/limits.js'
import { supportedOperators } from '#circuits/import/operator-table.js'
import { unsupportedError } from '#circuits/import/unsupported.js'
import type { ImportRequest } from '#service/sandbox/import-child.js'
import { defaultSandboxLimits, type SandboxLimits } from '#service/sandbox/limits.js'
import { runLimited } from '#service/sandbox/run-limited.js'

export interface SandboxOptions {
  readonly limits?: SandboxLimits
  /** Ends the child process; the call then throws `CANCELLED`. */
  readonly signal?: AbortSignal
}

/**
 * Imports an untrusted ONNX file, given as bytes or path, in a child process with limits on memory and time.
 * Throws what `importOnnx` throws, `MODEL_TOO_LARGE` where memory runs out, `TIMEOUT`, `CANCELLED`,
 * and `FILE_NOT_FOUND`. The child process has ended when the promise settles.
 */
export async function importInSandbox(
  source: Uint8Array | string,
  options: SandboxOptions = {},
): Promise<Graph> {
  const { graph, unsupported } = await readInSandbox(source, options)
  if (graph === null) throw unsupportedError(unsupported, supportedOperators)
  return graph
}

/** Like {@link importInSandbox}, but returns unsupported nodes instead of throwing them. */
export async function readInSandbox(
  source: Uint8Array | string,
  { limits = defaultSandboxLimits, signal }: SandboxOptions = {},
): Promise<OnnxReading> {
  if (typeof source !== 'string') {
    requireWithin(limits.import, 'bytes', source.length)
    return readInChild([source], source.length, limits, signal)
  }
  const file = await openModel(source)
  try {
    const stat = await file.stat()
    if (!stat.isFile()) throw new ZkserveError('FILE_NOT_FOUND', `${source} is no file`)
    requireWithin(limits.import, 'bytes', stat.size)
    return await readInChild(file.fd, stat.size, limits, signal)
  } finally {
    await file.close()
  }
}

async function openModel(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r')
  } catch (cause) {
    throw new ZkserveError('FILE_NOT_FOUND', `cannot read ${path}`, { cause })
  }
}

async function readInChild(
  input: readonly Uint8Array[] | number,
  length: number,
  { import: limits, memory, timeout }: SandboxLimits,
  signal: AbortSignal | undefined,
): Promise<OnnxReading> {
  const reading = await runLimited<ImportRequest, never, OnnxReading>({
    script: 'service/sandbox/import-child.js',
    request: { length, limits },
    doing: 'reading the model',
    ...{ input, memory, timeout, signal },
  })
  return accept(reading)
}

/** What the child made of untrusted bytes is checked again. */
function accept({ graph, ...reading }: OnnxReading): OnnxReading {
  if (graph === null) return { ...reading, graph }
  verifyGraph(graph)
  return { ...reading, graph: freezeGraph(graph) }
}
