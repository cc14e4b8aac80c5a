import { toZkserveError } from '#circuits/errors.js'
import type { Say } from '#service/demo/options.js'

/** Runs an example as a program: its lines on standard output, an error as one line and exit code 1. */
export async function showExample(run: (say: Say) => Promise<unknown>): Promise<void> {
  const started = performance.now()
  try {
    await run((line) => void process.stdout.write(`${line}\n`))
    process.stdout.write(`Done in ${((performance.now() - started) / 1000).toFixed(1)} s.\n`)
  } catch (error) {
    const { code, message } = toZkserveError(error)
    process.stderr.write(`${code}: ${message}\n`)
    process.exitCode = 1
  }
}
