import { once } from 'node:events'
import { type FileHandle, open } from 'node:fs/promises'
import { ZkserveError } from '#circuits/errors.js'
import { freezeGraph } from '#circuits/graph/freeze.js'
import type { Graph } from '#circuits/graph/graph.js'
import { verifyGraph } from '#circuits/graph/verify.js'
import type { OnnxReading } from '#circuits/import/import-model.js'
import { requireWithin } from '#circuits/import/limits.js'
import { supportedOperators } from '#circuits/import/operator-table.js'
import { unsupportedError } from '#circuits/import/unsupported.js'
import { distFile } from '#circuits/paths.js'
import { type StdioInput, startLimited } from '#service/sandbox/child-process.js'
import { defaultSandboxLimits, type SandboxLimits } from '#service/sandbox/limits.js'
import type { SandboxReply, SandboxRequest } from '#service/sandbox/messages.js'

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
    return readInChild('pipe', source, source.length, limits, signal)
  }
  const file = await openModel(source)
  try {
    const stat = await file.stat()
    if (!stat.isFile()) throw new ZkserveError('FILE_NOT_FOUND', `${source} is no file`)
    requireWithin(limits.import, 'bytes', stat.size)
    return await readInChild(file.fd, null, stat.size, limits, signal)
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
  stdin: StdioInput,
  bytes: Uint8Array | null,
  length: number,
  limits: SandboxLimits,
  signal: AbortSignal | undefined,
): Promise<OnnxReading> {
  if (signal?.aborted) throw cancelled()
  const child = startLimited(distFile('service/sandbox/import-child.js'), limits.memory, stdin)
  let reply: SandboxReply | null = null
  let stopped: ZkserveError | null = null
  let log = ''
  const stop = (error: ZkserveError): void => {
    stopped ??= error
    child.kill('SIGKILL')
  }
  const abort = (): void => stop(cancelled())
  const timer = setTimeout(() => stop(timedOut(limits.timeout)), limits.timeout)
  signal?.addEventListener('abort', abort, { once: true })
  child.on('message', (message: SandboxReply) => {
    reply = message
  })
  child.stderr!.on('data', (chunk: Uint8Array) => {
    log = (log + new TextDecoder().decode(chunk)).slice(0, 4000)
  })
  // A child that dies early breaks the pipe; its end is reported by 'close'.
  child.stdin?.on('error', () => {})
  const closed = once(child, 'close') as Promise<[code: number | null, signal: string | null]>
  child.send({ length, limits: limits.import } satisfies SandboxRequest, () => {})
  child.stdin?.end(bytes)
  try {
    const [code, killedBy] = await closed
    if (stopped !== null) throw stopped
    if (reply === null) throw endedEarly(code, killedBy, log)
    return accept(reply)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}

function accept(reply: SandboxReply): OnnxReading {
  if ('error' in reply) throw ZkserveError.fromJSON(reply.error)
  const { graph, ...reading } = reply.reading
  if (graph === null) return { ...reading, graph }
  verifyGraph(graph)
  return { ...reading, graph: freezeGraph(graph) }
}

function cancelled(): ZkserveError {
  return new ZkserveError('CANCELLED', 'reading the model was cancelled')
}

function timedOut(timeout: number): ZkserveError {
  return new ZkserveError('TIMEOUT', `reading the model took more than ${timeout} ms`)
}

/** V8 ends itself by a signal when memory runs out, or with the exit code that shells give for one. */
function endedEarly(code: number | null, killedBy: string | null, log: string): ZkserveError {
  if (killedBy !== null || (code !== null && code > 128) || /out of memory/i.test(log)) {
    return new ZkserveError('MODEL_TOO_LARGE', 'reading the model needs more memory than allowed')
  }
  const line = log.split('\n').find((text) => /error/i.test(text)) ?? `exit code ${code}`
  return new ZkserveError('INTERNAL', `the process that reads models failed: ${line.trim()}`)
}
