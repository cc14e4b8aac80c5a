import { fork } from 'node:child_process'
import { ZkserveError } from '#circuits/errors.js'
import { distFile } from '#circuits/paths.js'
import { watchDescendants } from '#scripts/bench/descendants.js'
import type { TaskName, TaskReply, Tasks } from '#scripts/bench/tasks/tasks.js'

export interface TaskOutcome<Name extends TaskName> {
  readonly result: Awaited<ReturnType<Tasks[Name]>>
  /** Peak resident memory of the task's process, in bytes. */
  readonly peakMemory: number
  /** The same of the largest process that it started; null where there was none or the system does not tell. */
  readonly childPeakMemory: number | null
}

/**
 * Runs a task in a process of its own, so that its memory is its own. The caller should hold little memory: until
 * it runs its program, a new process counts its parent's as its own.
 * @throws ZkserveError `INTERNAL` where the task fails
 */
export function runTask<Name extends TaskName>(
  name: Name,
  input: Parameters<Tasks[Name]>[0],
): Promise<TaskOutcome<Name>> {
  type Reply = TaskReply<TaskOutcome<Name>['result']>
  return new Promise((resolve, reject) => {
    const child = fork(distFile('scripts/bench/task-process.js'), [name, JSON.stringify(input)], {
      stdio: ['ignore', 2, 2, 'ipc'],
      execArgv: [],
    })
    const watch = child.pid === undefined ? null : watchDescendants(child.pid)
    let reply: Reply | null = null
    child.on('message', (message) => {
      reply = message as Reply
    })
    child.on('error', reject)
    child.on('close', (code, signal) => {
      const childPeakMemory = watch?.stop() ?? null
      if (reply !== null && 'result' in reply) return resolve({ ...reply, childPeakMemory })
      const reason = reply?.error ?? `ended with ${signal ?? `code ${code}`}`
      reject(new ZkserveError('INTERNAL', `${name}: ${reason}`))
    })
  })
}
