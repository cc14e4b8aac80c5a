import { Worker } from 'node:worker_threads'
import { type SerialisedError, toZkserveError, ZkserveError } from '#circuits/errors.js'
import { distFile } from '#circuits/paths.js'
import type { ChildMessage, ChildRequest } from '#service/sandbox/messages.js'

export interface AnswerOptions {
  /** What the child does, for its errors: `reading the model`. */
  readonly doing: string
  /** Whether a thread watches over the parent: for work that holds the main thread for long. */
  readonly watched?: boolean
}

/** In a child process: does what the parent asks for, once, and ends. The parent's end is the child's. */
export function answerParent<Request, Progress, Result>(
  work: (request: Request, tell: (progress: Progress) => void) => Promise<Result>,
  { doing, watched = false }: AnswerOptions,
): void {
  process.once('disconnect', endGroup)
  process.once('message', async ({ request, parent }: ChildRequest<Request>) => {
    if (watched) new Worker(distFile('service/sandbox/watch-parent.js'), { workerData: { parent } }).unref()
    const send = (message: ChildMessage<Progress, Result>, sent = (): void => {}): void => {
      if (process.connected) process.send!(message, sent)
    }
    const reply = await work(request, (progress) => send({ progress })).then(
      (result) => ({ result }),
      (error) => ({ error: serialised(error, doing) }),
    )
    process.off('disconnect', endGroup)
    send(reply, () => process.exit(0))
  })
}

/** Ends this process and what it started, where it leads a group. */
export function endGroup(): void {
  try {
    process.kill(-process.pid, 'SIGKILL')
  } catch {
    process.exit(1)
  }
}

/** Reads pieces of known lengths from standard input. @throws ZkserveError `INVALID_ONNX` */
export async function readStandardInput(lengths: readonly number[]): Promise<Uint8Array[]> {
  const pieces = lengths.map((length) => new Uint8Array(length))
  let piece = 0
  let at = 0
  for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) {
    for (let read = 0; read < chunk.length; ) {
      while (piece < pieces.length && at === pieces[piece]!.length) {
        piece++
        at = 0
      }
      const target = pieces[piece]
      if (target === undefined) throw new ZkserveError('INVALID_ONNX', 'the file grew while it was read')
      const part = chunk.subarray(read, read + target.length - at)
      target.set(part, at)
      read += part.length
      at += part.length
    }
  }
  const whole = pieces.slice(piece + 1).every(({ length }) => length === 0)
  if (at < (pieces[piece]?.length ?? 0) || !whole)
    throw new ZkserveError('INVALID_ONNX', 'the file shrank while it was read')
  return pieces
}

function serialised(error: unknown, doing: string): SerialisedError {
  return (asMemoryError(error, doing) ?? toZkserveError(error)).toJSON()
}

/** Buffers beyond the memory limit fail with a RangeError that V8 words so; threads with a code. */
function asMemoryError(error: unknown, doing: string): ZkserveError | null {
  const buffer = error instanceof RangeError && /allocation failed/i.test(error.message)
  const thread = (error as { readonly code?: unknown } | null)?.code === 'ERR_WORKER_OUT_OF_MEMORY'
  if (!buffer && !thread) return null
  return new ZkserveError('MODEL_TOO_LARGE', `${doing} needs more memory than allowed`, { cause: error })
}
