import { type ParseArgsConfig, parseArgs } from 'node:util'
import { ZkserveError } from '#circuits/errors.js'

type FlagOptions = NonNullable<ParseArgsConfig['options']>

type Flags<Options extends FlagOptions> = ReturnType<
  typeof parseArgs<{ args: string[]; options: Options; allowPositionals: boolean }>
>

/**
 * Reads the command line of a script; `--help` prints the usage and ends the process.
 * @throws ZkserveError `USAGE` with the usage as its hint
 */
export function readFlags<const Options extends FlagOptions>(
  args: readonly string[],
  options: Options,
  usage: string,
  allowPositionals = false,
): Flags<Options> {
  if (args.includes('--help')) {
    process.stdout.write(`${usage}\n`)
    process.exit(0)
  }
  try {
    return parseArgs({ args: [...args], options, allowPositionals })
  } catch (cause) {
    throw new ZkserveError('USAGE', (cause as Error).message, { cause, hints: [usage] })
  }
}
