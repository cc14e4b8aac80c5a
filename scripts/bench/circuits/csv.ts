import type { PointResult } from '#scripts/bench/circuits/measure-point.js'

const columns = [
  'operator',
  'shape',
  'bits',
  'weights',
  'outputs',
  'layers',
  'predicted',
  'measured',
  'sourceBytes',
  'emitTime',
  'compileTime',
] as const satisfies readonly (keyof PointResult)[]

/** One line a circuit, after a line of column names; times in milliseconds. */
export function circuitsCsv(results: readonly PointResult[]): string {
  const rows = results.map((result) => columns.map((column) => cell(result[column])))
  return `${[columns, ...rows].map((row) => row.join(',')).join('\n')}\n`
}

function cell(value: string | number | readonly number[]): string {
  const text = typeof value === 'object' ? value.join('x') : String(value)
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
