import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { ZkserveError } from '#circuits/errors.js'
import { type JobProgress, progressOf } from '#prover/ceremony/job-stages.js'
import { type JobResult, runJob, type SnarkjsJob } from '#prover/ceremony/snarkjs-job.js'

export interface JobOptions {
  readonly onProgress?: ((progress: JobProgress) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

type Message =
  | { readonly kind: 'line'; readonly line: string }
  | { readonly kind: 'result'; readonly result: JobResult }

/** The compiled worker; when the sources run directly (tests) there is none beside this file. */
const workerFile = new URL('./snarkjs-worker.js', import.meta.url)

/**
 * Runs a job of snarkjs in a thread of its own, which an abort ends at once, and with it all that it knew.
 *
 * @throws ZkserveError `CANCELLED`, `INVALID_CEREMONY` where snarkjs fails
 */
export async function runSnarkjs(job: SnarkjsJob, options: JobOptions = {}): Promise<JobResult> {
  const { signal } = options
  throwIfCancelled(signal)
  const onLine = (line: string): void => {
    const progress = progressOf(job.kind, line)
    if (progress !== null) options.onProgress?.(progress)
  }
  try {
    const isCompiled = existsSync(fileURLToPath(workerFile))
    return await (isCompiled ? runInWorker(job, onLine, signal) : runJob(job, onLine))
  } catch (cause) {
    throwIfCancelled(signal)
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ZkserveError('INVALID_CEREMONY', `snarkjs could not ${verbOf[job.kind]}: ${reason}`, { cause })
  }
}

const verbOf: Readonly<Record<SnarkjsJob['kind'], string>> = {
  verifyPowers: 'check the powers of tau',
  preparePowers: 'prepare the powers of tau',
  newKey: 'make the first key',
  contribute: 'contribute to the key',
  beacon: 'apply the beacon',
  verifyKey: 'check the key',
}

async function runInWorker(
  job: SnarkjsJob,
  onLine: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<JobResult> {
  // Flags of the parent, as --input-type or loaders, are not for this file.
  const worker = new Worker(workerFile, { workerData: job, execArgv: [] })
  const stop = (): void => {
    void worker.terminate()
  }
  signal?.addEventListener('abort', stop, { once: true })
  try {
    return await new Promise<JobResult>((resolve, reject) => {
      worker.on('message', (message: Message) => {
        if (message.kind === 'line') onLine(message.line)
        else resolve(message.result)
      })
      worker.on('error', reject)
      worker.on('exit', () => reject(new Error('its thread ended early')))
    })
  } finally {
    signal?.removeEventListener('abort', stop)
    await worker.terminate()
  }
}

/** @throws ZkserveError `CANCELLED` */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new ZkserveError('CANCELLED', 'the ceremony was interrupted')
}
