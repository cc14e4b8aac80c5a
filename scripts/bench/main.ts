/** `npm run bench`: measures the models, prints a report in Markdown and writes all figures as JSON. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { toZkserveError } from '#circuits/errors.js'
import { describeMachine } from '#scripts/bench/machine.js'
import { measureModel } from '#scripts/bench/measure-model.js'
import { parseBenchOptions } from '#scripts/bench/options.js'
import { peers } from '#scripts/bench/peers.js'
import { renderReport } from '#scripts/bench/render/report.js'
import type { BenchResult, ModelResult } from '#scripts/bench/result.js'
import { benchSources } from '#scripts/bench/sources.js'
import { packageVersion } from '#service/package-version.js'

try {
  const args = process.argv.slice(2)
  process.exitCode = args[0] === 'circuits' ? await benchCircuits(args.slice(1)) : await bench(args)
} catch (error) {
  const { code, message, hints } = toZkserveError(error)
  process.stderr.write(`${[`${code}: ${message}`, ...hints].join('\n')}\n`)
  process.exitCode = code === 'USAGE' ? 2 : 1
}

/** Loaded when asked for: charts need a package that measuring models does not. */
async function benchCircuits(args: readonly string[]): Promise<number> {
  const { circuitsCommand } = await import('#scripts/bench/circuits/command.js')
  return circuitsCommand(args)
}

/** The exit code: 1 where a model could not be measured. */
async function bench(args: readonly string[]): Promise<number> {
  const options = parseBenchOptions(args)
  const models: ModelResult[] = []
  const failures: { model: string; message: string }[] = []
  for (const source of benchSources(options)) {
    const say = (text: string) => process.stderr.write(`${source.name}: ${text}\n`)
    try {
      models.push(await measureModel(source, options.runs, say))
    } catch (error) {
      const { message } = toZkserveError(error)
      say(message)
      failures.push({ model: source.name, message })
    }
  }
  const result: BenchResult = {
    schema: 'zkserve/bench/1',
    version: packageVersion(),
    date: new Date().toISOString(),
    machine: describeMachine(),
    models,
    failures,
  }
  await mkdir(dirname(options.json), { recursive: true })
  await writeFile(options.json, `${JSON.stringify({ ...result, peers }, null, 2)}\n`)
  process.stdout.write(renderReport(result, peers))
  return failures.length === 0 ? 0 : 1
}
