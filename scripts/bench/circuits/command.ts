import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { WeightMode } from '#circuits/analyse/weight-plan.js'
import { ZkserveError } from '#circuits/errors.js'
import { packageRoot } from '#circuits/paths.js'
import { benchCircuits, type CircuitsResult } from '#scripts/bench/circuits/run.js'
import { type SweepOptions, sweepOperators } from '#scripts/bench/circuits/sweep.js'
import { markdownTable } from '#scripts/bench/render/markdown.js'

const usage = `Usage: zkserve bench circuits [options]   (or npm run bench -- circuits [options])
  --quick              one shape and two widths of each operator
  --operators "A;B"    these operators only
  --bits 4,8           these widths of activations
  --weights MODES      fixed, committed or both (default: both)
  --out FOLDER         folder of the figures (default .zkserve/bench-circuits)
  --json               print all figures as one JSON document`

/** Runs the sweep as the command line says. The exit code is 1 where a prediction fails or a circuit is missing. */
export async function circuitsCommand(args: readonly string[]): Promise<number> {
  const { out, json, help, ...options } = readOptions(args)
  if (help) {
    process.stdout.write(`${usage}\n`)
    return 0
  }
  const result = await benchCircuits(options, out, (text) => process.stderr.write(`${text}\n`))
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : describe(result))
  return result.failures.length + result.mismatches.length === 0 ? 0 : 1
}

function describe({ results, failures, mismatches, files }: CircuitsResult): string {
  const head = ['operator', 'shape', 'bits', 'weights', 'layers', 'predicted', 'measured', 'compile ms']
  const rows = results.map((point) => [
    point.operator,
    point.shape.join('x'),
    point.bits,
    point.weights,
    point.layers,
    point.predicted,
    point.measured,
    point.compileTime,
  ])
  return [
    markdownTable(head, rows),
    ...failures.map(({ operator, bits, code, message }) => `${operator}, ${bits} bits: ${code}: ${message}`),
    `${rows.length} circuits, ${mismatches.length} of them not as predicted, ${failures.length} failures`,
    ...files,
    '',
  ].join('\n')
}

/** @throws ZkserveError `USAGE` */
function readOptions(
  args: readonly string[],
): SweepOptions & { readonly out: string; readonly json: boolean; readonly help: boolean } {
  const values = parseFlags(args)
  const operators = values.operators?.split(';').map((name) => name.trim())
  const bits = values.bits?.split(',').map(Number)
  const weights = values.weights?.split(',')
  requireKnown('--operators', operators ?? [], sweepOperators)
  requireKnown('--weights', weights ?? [], ['fixed', 'committed'])
  if (bits?.some((width) => !(Number.isInteger(width) && width >= 4 && width <= 16))) {
    refuse(`wrong --bits: expected widths from 4 to 16, got "${values.bits}"`)
  }
  return {
    quick: values.quick,
    out: values.out,
    json: values.json,
    help: values.help,
    ...(operators === undefined ? {} : { operators }),
    ...(bits === undefined ? {} : { bits }),
    ...(weights === undefined ? {} : { weights: weights as WeightMode[] }),
  }
}

function parseFlags(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean', default: false },
        operators: { type: 'string' },
        bits: { type: 'string' },
        weights: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        out: { type: 'string', default: join(packageRoot, '.zkserve', 'bench-circuits') },
      },
    })
    return values
  } catch (cause) {
    return refuse(cause instanceof Error ? cause.message : 'wrong options', cause)
  }
}

function requireKnown(option: string, given: readonly string[], known: readonly string[]): void {
  const unknown = given.find((name) => !known.includes(name))
  if (unknown !== undefined) refuse(`wrong ${option}: expected ${known.join('; ')}, got "${unknown}"`)
}

function refuse(message: string, cause?: unknown): never {
  throw new ZkserveError('USAGE', message, { cause, hints: [usage] })
}
