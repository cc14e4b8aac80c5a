import { existsSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { ZkserveError } from '#circuits/errors.js'
import { Multiplier } from '#prover/setup/multiplier.js'
import type { MultiplyTask } from '#prover/setup/multiply-task.js'

/** Something that does one task after another. */
export interface Lane {
  run(task: MultiplyTask): Promise<Uint8Array>
  close(): Promise<void>
}

/** The compiled worker; when the sources run directly (tests) there is none beside this file. */
const workerFile = new URL('./multiply-worker.js', import.meta.url)

/** Lanes for the count of threads: worker threads, or one lane in this thread where that is all there is. */
export function openLanes(threads: number): Lane[] {
  if (threads <= 1 || !existsSync(fileURLToPath(workerFile))) return [localLane()]
  return Array.from({ length: threads }, workerLane)
}

function localLane(): Lane {
  const multiplier = new Multiplier()
  let closed = false
  return {
    run: async (task) => {
      // Lets aborts, timers and servers have their turn between tasks.
      await setImmediate()
      if (closed) throw new ZkserveError('CANCELLED', 'the set-up was cancelled')
      return multiplier.run(task)
    },
    close: async () => {
      closed = true
      multiplier.close()
    },
  }
}

function workerLane(): Lane {
  // Flags of the parent, as --input-type or loaders, are not for this file.
  const worker = new Worker(workerFile, { execArgv: [] })
  let settle: { resolve: (points: Uint8Array) => void; reject: (error: unknown) => void } | undefined
  worker.on('message', (points: Uint8Array) => settle?.resolve(points))
  worker.on('error', (cause) => settle?.reject(cause))
  worker.on('exit', () => settle?.reject(new ZkserveError('INTERNAL', 'a set-up thread ended early')))
  return {
    run: (task) =>
      new Promise((resolve, reject) => {
        settle = { resolve, reject }
        worker.postMessage(task, [task.scalars.buffer])
      }),
    close: async () => {
      await worker.terminate()
    },
  }
}
