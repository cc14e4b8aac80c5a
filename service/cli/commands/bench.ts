import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { ZkserveError } from '#circuits/errors.js'
import { distFile } from '#circuits/paths.js'
import type { Outcome, VerbContext } from '#service/cli/verb.js'

/**
 * `zkserve bench`: the measurements of a clone, in a process of their own: they stand right of the service, and what
 * they need beyond it comes with the development dependencies.
 */
export function benchVerb(program: Command, { report, json }: VerbContext): void {
  program
    .command('bench <what>')
    .description(
      'measure: `circuits` sweeps operators, shapes and widths, and draws charts (`--quick` for fewer)',
    )
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .action(async (what: string, _flags: unknown, command: Command) => {
      if (what !== 'circuits') throw new ZkserveError('USAGE', `nothing to measure is called "${what}"`)
      report(await measure(command.args, json))
    })
}

async function measure(args: readonly string[], isJson: boolean): Promise<Outcome> {
  const script = distFile('scripts/bench/main.js')
  if (!existsSync(script)) {
    throw new ZkserveError('USAGE', 'the measurements are not part of this installation', {
      hints: ['Run it in a clone of the repository, after `npm ci`.'],
    })
  }
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  if (code === 2 || (isJson && chunks.length === 0))
    throw new ZkserveError('USAGE', 'the measurement failed, see above')
  const text = Buffer.concat(chunks).toString().trimEnd()
  // Without `--json` only the text is printed.
  return { document: isJson ? JSON.parse(text) : null, text, exitCode: code === 0 ? 0 : 1 }
}
