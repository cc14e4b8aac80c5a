import { ZkserveError } from '#circuits/errors.js'
import type { PointResult } from '#scripts/bench/circuits/measure-point.js'

type Echarts = typeof import('echarts')
type Option = Parameters<ReturnType<Echarts['init']>['setOption']>[0]

/** A chart as an SVG file. */
export interface Chart {
  readonly file: string
  readonly svg: string
}

/** echarts, which `npm ci` installs with the development dependencies. Throws `USAGE` where it is missing. */
export async function loadEcharts(): Promise<Echarts> {
  try {
    return await import('echarts')
  } catch (cause) {
    throw new ZkserveError('USAGE', 'the charts need echarts, which is not installed', {
      cause,
      hints: ['Run `npm ci` in a clone of the repository, without `--omit=dev`.'],
    })
  }
}

/** Charts of a sweep. */
export function drawCharts(echarts: Echarts, results: readonly PointResult[]): Chart[] {
  const charts: readonly (readonly [file: string, option: Option])[] = [
    ['constraints-by-operator.svg', byOperator(results)],
    ['constraints-by-bits.svg', byBits(results)],
    ['compile-time.svg', compileTime(results)],
  ]
  return charts.map(([file, option]) => ({ file, svg: render(echarts, option) }))
}

function render(echarts: Echarts, option: Option): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 1100, height: 640 })
  chart.setOption({ animation: false, backgroundColor: '#fff', ...option })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return svg
}

const unique = <Value>(values: readonly Value[]): Value[] => [...new Set(values)]
const title = (text: string) => ({ text, left: 'center', top: 8 })
const grid = { left: 80, right: 260, top: 60, bottom: 60 }
const legend = { right: 10, top: 60, orient: 'vertical' as const, type: 'scroll' as const }

/** Constraints of the layers for each element of the input, at the width nearest to 8 bits; a bar for each mode. */
function byOperator(results: readonly PointResult[]): Option {
  const widths = unique(results.map(({ bits }) => bits))
  const bits = widths.toSorted((a, b) => Math.abs(a - 8) - Math.abs(b - 8))[0] ?? 8
  const operators = unique(results.map(({ operator }) => operator))
  const modes = unique(results.map(({ weights }) => weights))
  return {
    title: title(`constraints of the layers for each input element, ${bits} bits`),
    legend: { ...legend, data: modes },
    grid: { ...grid, left: 220, right: 120 },
    xAxis: { type: 'value' },
    yAxis: { type: 'category', data: operators, inverse: true },
    series: modes.map((mode) => ({
      name: mode,
      type: 'bar',
      data: operators.map((operator) => {
        const found = results.find(
          (point) => point.operator === operator && point.weights === mode && point.bits === bits,
        )
        return found === undefined ? null : rounded(found.layers / size(found.shape))
      }),
    })),
  }
}

/** Constraints in all against the width of activations, a line for each operator on its first shape. */
function byBits(results: readonly PointResult[]): Option {
  const operators = unique(results.map(({ operator }) => operator))
  return {
    title: title('constraints by width of activations, fixed weights, first shape'),
    legend,
    grid,
    xAxis: { type: 'value', name: 'bits', min: 'dataMin' },
    yAxis: { type: 'log', name: 'constraints' },
    series: operators.map((operator) => {
      const own = results.filter((point) => point.operator === operator && point.weights === 'fixed')
      const points = own.filter(({ shape }) => shape.join() === own[0]!.shape.join())
      return { name: operator, type: 'line', data: points.map(({ bits, measured }) => [bits, measured]) }
    }),
  }
}

/** Seconds of circom against constraints, a dot for each circuit. */
function compileTime(results: readonly PointResult[]): Option {
  const modes = unique(results.map(({ weights }) => weights))
  return {
    title: title('time of circom'),
    legend: { ...legend, data: modes },
    grid: { ...grid, right: 140 },
    xAxis: { type: 'log', name: 'constraints' },
    yAxis: { type: 'value', name: 's' },
    series: modes.map((mode) => ({
      name: mode,
      type: 'scatter',
      symbolSize: 6,
      data: results
        .filter(({ weights }) => weights === mode)
        .map(({ measured, compileTime: time }) => [measured, time / 1000]),
    })),
  }
}

function size(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1)
}

function rounded(value: number): number {
  return Number(value.toPrecision(3))
}
