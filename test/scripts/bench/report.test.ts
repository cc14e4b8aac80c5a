import { expect, test } from 'vitest'
import { type PeerFigure, peers } from '#scripts/bench/peers.js'
import { markdownTable } from '#scripts/bench/render/markdown.js'
import { renderReport } from '#scripts/bench/render/report.js'
import { fixedModel, fixedResult } from './fixed-result.js'

const peer: PeerFigure = {
  system: 'other',
  model: 'net',
  same: 'architecture',
  constraints: 73_416,
  prove: 2.35,
  memory: 2.328e9,
  hardware: 'their server',
  note: null,
  source: { title: 'their paper', url: 'https://example.org/paper' },
}

/** The trimmed cells of the line that holds a text. */
function cells(report: string, text: string): string[] {
  const line = report.split('\n').find((candidate) => candidate.includes(text))
  return line?.split('|').map((cell) => cell.trim()) ?? []
}

test('a table aligns its columns, numbers to the right', () => {
  const table = markdownTable(
    ['name', 'count'],
    [
      ['a|b', 1234],
      ['c', null],
    ],
  )
  expect(table).toBe(
    ['| name | count |', '| ---- | ----: |', '| a\\|b | 1,234 |', '| c    |     - |'].join('\n'),
  )
})

test('the report names the machine and gives one overview row a model', () => {
  const report = renderReport(fixedResult([fixedModel('first'), fixedModel('second')]), [])
  expect(report).toContain('# zkserve 1.2.3, measured 2026-01-02')
  expect(report).toContain('Test CPU, 2 cores, 8.0 GB; Node 20.19.0; Test OS')
  const overview = ['10,000', '6.2', '2', '12.3', '1.23', '9.88', '300', '400', '5']
  expect(cells(report, '| second')).toEqual([
    '',
    'second',
    ...overview,
    '97.40 % → 97.38 %',
    '257,000',
    '67,000',
    '10,000',
    '257,000',
    '',
  ])
})

test('the parts of a circuit add up to its total', () => {
  const report = renderReport(fixedResult([fixedModel('net')]), [])
  const counts = ['input range', 'input commitment', 'Gemm fc', '| outputs', '| context', '| total']
    .map((part) => cells(report, part).at(-2)!)
    .map((count) => Number(count.replaceAll(',', '')))
  expect(counts.at(-1)).toBe(10_000)
  expect(counts.slice(0, -1).reduce((sum, count) => sum + count)).toBe(10_000)
})

test('it says where the gas of a batch comes from', () => {
  const measured = fixedModel('measured')
  const report = renderReport(fixedResult([fixedModel('net'), measured]), [])
  expect(report).toContain('snapshot, batch of 32')
  const none = { ...measured.gas, batchEach: null, batchSource: null }
  expect(renderReport(fixedResult([{ ...measured, gas: none }]), [])).not.toContain('batch of 32')
})

test("peers' rows carry the ratio of constraints, the hardware and the source", () => {
  const report = renderReport(fixedResult([fixedModel('net'), fixedModel('alone')]), [peer])
  expect(cells(report, 'their paper')).toEqual([
    '',
    '',
    'other (other weights)',
    '73,416',
    '7.3',
    '2.35',
    '2,328',
    'their server',
    'their paper',
    '',
  ])
  expect(cells(report, 'zkserve, Groth16')[4]).toBe('1')
})

test('peers without a measured model are left out', () => {
  expect(renderReport(fixedResult([fixedModel('alone')]), [peer])).not.toContain('their paper')
})

test('every published figure names its source', () => {
  for (const { source, hardware, prove } of peers) {
    expect(source.title).not.toBe('')
    expect(URL.canParse(source.url)).toBe(true)
    expect(hardware).not.toBe('')
    expect(prove).toBeGreaterThan(0)
  }
})

test('a model that could not be measured is named', () => {
  const result = { ...fixedResult([]), failures: [{ model: 'net', message: 'build: out of memory' }] }
  expect(renderReport(result, peers)).toContain('- net: build: out of memory')
})
