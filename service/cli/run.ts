import { CommanderError } from 'commander'
import { toZkserveError, ZkserveError } from '#circuits/errors.js'
import { errorText, exitCodeOf } from '#service/cli/error-output.js'
import { printableText } from '#service/cli/printable.js'
import { createProgram } from '#service/cli/program.js'
import type { Outcome, Streams } from '#service/cli/verb.js'

/**
 * Runs one command line.
 * @param argv arguments after the program's name
 * @returns the exit code: 0 done, 1 the thing asked about is false, 2 bad input or usage, 70 a fault of zkserve or
 *   of what it stands on, 130 interrupted
 */
export async function runCli(argv: readonly string[], streams: Streams = process): Promise<number> {
  const json = asksForJson(argv)
  let exitCode = 0
  const report = (outcome: Outcome): void => {
    const text = json ? JSON.stringify(outcome.document, numbersAsText) : printableText(outcome.text)
    streams.stdout.write(`${text}\n`)
    exitCode = outcome.exitCode ?? 0
  }
  try {
    await createProgram({ json, report }, streams).parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0
    const error =
      thrown instanceof CommanderError ? usageError(thrown) : (tooLarge(thrown) ?? toZkserveError(thrown))
    if (json) streams.stdout.write(`${JSON.stringify({ error: error.toJSON() })}\n`)
    else streams.stderr.write(errorText(error))
    return exitCodeOf(error)
  }
}

/** Numbers of a chain are larger than those of JSON: they are written as decimal text. */
function numbersAsText(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}

/** Known before parsing, so that usage errors come as JSON too. */
function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return (end < 0 ? argv : argv.slice(0, end)).includes('--json')
}

/** Numbers that the type of a contract's argument does not hold; viem says so, which is not loaded here. */
function tooLarge(thrown: unknown): ZkserveError | null {
  if (!(thrown instanceof Error) || thrown.name !== 'IntegerOutOfRangeError') return null
  const { shortMessage } = thrown as Error & { readonly shortMessage?: string }
  return new ZkserveError('USAGE', `the contract takes no such number: ${shortMessage ?? thrown.message}`, {
    hints: ['Give a smaller number.'],
    cause: thrown,
  })
}

function usageError(error: CommanderError): ZkserveError {
  // Without a command, commander prints its help and throws this.
  const message = error.code === 'commander.help' ? 'no command was given' : error.message
  return new ZkserveError('USAGE', message.replace(/^error: /, ''))
}
