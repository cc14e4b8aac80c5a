/** `zkserve bench circuits`: how many constraints operators cost, predicted and measured. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { drawCharts, loadEcharts } from '#scripts/bench/circuits/charts.js'
import { circuitsCsv } from '#scripts/bench/circuits/csv.js'
import { measurePoint, type PointFailure, type PointResult } from '#scripts/bench/circuits/measure-point.js'
import { type SweepOptions, sweepPoints } from '#scripts/bench/circuits/sweep.js'
import { describeMachine, type Machine } from '#scripts/bench/machine.js'
import { packageVersion } from '#service/package-version.js'

export interface CircuitsResult {
  readonly schema: 'zkserve/bench-circuits/1'
  readonly version: string
  readonly date: string
  readonly machine: Machine
  readonly results: readonly PointResult[]
  readonly failures: readonly PointFailure[]
  /** Points whose measured constraints are not those predicted: none. */
  readonly mismatches: readonly PointResult[]
  /** Files written. */
  readonly files: readonly string[]
}

/** Measures a sweep and writes `circuits.csv`, `circuits.json` and charts into a folder. */
export async function benchCircuits(
  options: SweepOptions,
  folder: string,
  say: (text: string) => void,
): Promise<CircuitsResult> {
  const echarts = await loadEcharts()
  const points = sweepPoints(options)
  const results: PointResult[] = []
  const failures: PointFailure[] = []
  for (const [index, point] of points.entries()) {
    const found = await measurePoint(point)
    const where = `${point.operator} [${point.shape}], ${point.bits} bits, ${point.weights}`
    if ('code' in found) {
      failures.push(found)
      say(`${index + 1}/${points.length} ${where}: ${found.code}: ${found.message}`)
    } else {
      results.push(found)
      say(`${index + 1}/${points.length} ${where}: ${found.measured} constraints`)
    }
  }
  await mkdir(folder, { recursive: true })
  const charts = drawCharts(echarts, results)
  const names = ['circuits.csv', 'circuits.json', ...charts.map(({ file }) => file)]
  const result: CircuitsResult = {
    schema: 'zkserve/bench-circuits/1',
    version: packageVersion(),
    date: new Date().toISOString(),
    machine: describeMachine(),
    results,
    failures,
    mismatches: results.filter(({ predicted, measured }) => predicted !== measured),
    files: names.map((name) => join(folder, name)),
  }
  await writeFile(join(folder, 'circuits.csv'), circuitsCsv(results))
  await writeFile(join(folder, 'circuits.json'), `${JSON.stringify(result, null, 2)}\n`)
  for (const { file, svg } of charts) await writeFile(join(folder, file), svg)
  return result
}
