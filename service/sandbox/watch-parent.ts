import { workerData } from 'node:worker_threads'
import { endGroup } from '#service/sandbox/answer-parent.js'

/** ms between looks. */
const interval = 500

/**
 * A thread of a child process: ends the process when its parent has ended, also while its main thread is busy and
 * hears nothing of it.
 */
const { parent } = workerData as { readonly parent: number }
const look = (): void => {
  if (process.ppid !== parent) endGroup()
}
look()
setInterval(look, interval)
