/** A measurement's own process: runs one task of {@link tasks}, tells its result over IPC, and ends. */
import { toZkserveError } from '#circuits/errors.js'
import { type TaskName, type TaskReply, tasks } from '#scripts/bench/tasks/tasks.js'

const [name, input] = process.argv.slice(2) as [TaskName, string]
const run = tasks[name] as (input: unknown) => Promise<unknown>
process.send?.(await reply(), () => process.exit())

async function reply(): Promise<TaskReply<unknown>> {
  try {
    const result = (await run(JSON.parse(input))) ?? null
    return { result, peakMemory: process.resourceUsage().maxRSS * 1024 }
  } catch (error) {
    const { code, message } = toZkserveError(error)
    return { error: `${code}: ${message}` }
  }
}
