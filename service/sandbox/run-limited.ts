import { once } from 'node:events'
import { ZkserveError } from '#circuits/errors.js'
import { distFile } from '#circuits/paths.js'
import { killLimited, type StdioInput, startLimited } from '#service/sandbox/child-process.js'
import type { ChildMessage, ChildRequest } from '#service/sandbox/messages.js'

export interface LimitedRun<Request, Progress> {
  /** The compiled script, such as `service/sandbox/import-child.js`; it answers by `answerParent`. */
  readonly script: string
  readonly request: Request
  /** What the child reads: bytes one after the other, or an open file. */
  readonly input: readonly Uint8Array[] | number
  /** What it does, for its errors: `reading the model`. */
  readonly doing: string
  /** Memory that each of its processes may write to, in bytes. */
  readonly memory: number
  /** Time from start to end, in ms. */
  readonly timeout: number
  readonly variables?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: (progress: Progress) => void
}

/**
 * Does work on untrusted bytes in a child process with limits on memory and time. The child and what it started have
 * ended when the promise settles.
 * @throws ZkserveError what the child throws, `MODEL_TOO_LARGE` where memory runs out, `TIMEOUT`, `CANCELLED`
 */
export async function runLimited<Request, Progress, Result>(
  run: LimitedRun<Request, Progress>,
): Promise<Result> {
  const { request, input, doing, memory, timeout, variables, signal } = run
  if (signal?.aborted) throw cancelled(doing)
  const stdin: StdioInput = typeof input === 'number' ? input : 'pipe'
  const child = startLimited(distFile(run.script), memory, stdin, variables)
  let reply: Exclude<ChildMessage<Progress, Result>, { progress: Progress }> | null = null
  let stopped: ZkserveError | null = null
  let log = ''
  const stop = (error: ZkserveError): void => {
    stopped ??= error
    killLimited(child)
  }
  const abort = (): void => stop(cancelled(doing))
  const timer = setTimeout(() => stop(timedOut(doing, timeout)), timeout)
  signal?.addEventListener('abort', abort, { once: true })
  child.on('message', (message: ChildMessage<Progress, Result>) => {
    if ('progress' in message) run.onProgress?.(message.progress)
    else reply ??= message
  })
  child.stderr!.on('data', (chunk: Uint8Array) => {
    log = (log + new TextDecoder().decode(chunk)).slice(0, 4000)
  })
  // A child that dies early breaks the pipe; its end is reported by 'close'.
  child.stdin?.on('error', () => {})
  const closed = once(child, 'close') as Promise<[code: number | null, signal: string | null]>
  child.send({ request, parent: process.pid } satisfies ChildRequest<Request>, () => {})
  if (typeof input !== 'number') {
    for (const bytes of input) child.stdin!.write(bytes)
    child.stdin!.end()
  }
  try {
    const [code, killedBy] = await closed
    if (stopped !== null) throw stopped
    if (reply === null) throw endedEarly(doing, code, killedBy, log)
    return resultOf(reply)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
    // What the child started ends with it, however it ended.
    killLimited(child)
  }
}

function resultOf<Result>(reply: Exclude<ChildMessage<never, Result>, { progress: never }>): Result {
  if ('error' in reply) throw ZkserveError.fromJSON(reply.error)
  return reply.result
}

function cancelled(doing: string): ZkserveError {
  return new ZkserveError('CANCELLED', `${doing} was cancelled`)
}

function timedOut(doing: string, timeout: number): ZkserveError {
  return new ZkserveError('TIMEOUT', `${doing} took more than ${timeout} ms`)
}

/**
 * V8 ends itself by a signal when memory runs out, or with the exit code that shells give for one; a thread that finds
 * no room for its stack does not start (EAGAIN).
 */
function endedEarly(doing: string, code: number | null, killedBy: string | null, log: string): ZkserveError {
  if (killedBy !== null || (code !== null && code > 128) || /out of memory|ENOMEM|EAGAIN/i.test(log)) {
    return new ZkserveError('MODEL_TOO_LARGE', `${doing} needs more memory than allowed`)
  }
  const line = log.split('\n').find((text) => /error/i.test(text)) ?? `exit code ${code}`
  return new ZkserveError('INTERNAL', `${doing} failed: ${line.trim()}`)
}
