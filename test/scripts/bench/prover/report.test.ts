import { expect, test } from 'vitest'
import type { Contestant } from '#scripts/bench/prover/contestants.js'
import { countMultiplications } from '#scripts/bench/prover/count.js'
import { distanceOf } from '#scripts/bench/prover/distance.js'
import { renderProverBench } from '#scripts/bench/prover/report.js'
import type { ContestantResult, ProverBenchResult } from '#scripts/bench/prover/result.js'

const scalars = { zeros: 600, ones: 400, others: { 9: 20, 253: 4 } }
const stages = { rows: 1, transforms: 20, a: 1, b1: 1, b2: 3, c: 2, h: 70, assembly: 2 }
const counts = countMultiplications({ domain: 1024, vectors: 2, a: scalars, b: scalars, c: scalars })

function result(contestant: Contestant, witness: number, prove: number, wall: number): ContestantResult {
  return {
    ...contestant,
    witness: { cpu: witness, wall: witness },
    prove: { cpu: prove, wall: wall - witness },
    both: { cpu: witness + prove, wall },
    stages: contestant.backend === 'ifma' ? stages : null,
    multiplication: contestant.backend === 'ifma' ? 3 : null,
    memory: 64e6,
  }
}

const bench: ProverBenchResult = {
  schema: 'zkserve/bench-prover/1',
  version: '0.0.0',
  date: '2026-01-02T00:00:00.000Z',
  machine: { cpu: 'Some CPU', cores: 2, memory: 2 ** 34, node: '20.20.2', system: 'Linux' },
  rounds: 3,
  subjects: [
    {
      name: 'net',
      kind: 'model',
      domain: 1024,
      signals: 1024,
      publicSignals: 4,
      scalars,
      loadAverage: 0.5,
      contestants: [
        result({ backend: 'snarkjs', threads: 1 }, 200, 3800, 3900),
        result({ backend: 'ifma', threads: 1 }, 4, 96, 100),
        result({ backend: 'ifma', threads: 2 }, 4, 106, 61),
      ],
      failures: [{ backend: 'wasm', threads: 2, message: 'wasm on 2 threads: out of luck' }],
      distances: [distanceOf('ifma', 3, counts, stages)],
    },
  ],
}

const rows = (text: string, first: string): string[][] =>
  text
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter((cells) => cells[1] === first)
    .map((cells) => cells.slice(2, -1))

test('ratios are those of witness and proof together to snarkjs, of CPU and of wall time', () => {
  const text = renderProverBench(bench)
  expect(text).toContain('Some CPU, 2 cores, 16 GiB')
  expect(text).toContain('the others up to 253 bits, 4 of them above 64')
  expect(rows(text, 'snarkjs')).toEqual([['1', '200', '3,800', '4,000', '3,900', '0.975', '1', '1', '64']])
  const [single, two] = rows(text, 'ifma')
  expect(single).toEqual(['1', '4', '96', '100', '100', '1', '40', '39', '64'])
  // No snarkjs on two threads: no ratio of wall times.
  expect(two).toEqual(['2', '4', '106', '110', '61', '1.11', '36.4', '-', '64'])
})

test('who failed is told', () => {
  expect(renderProverBench(bench)).toContain('Failed: wasm on 2 threads: out of luck.')
})

test('parts stand beside their limits', () => {
  const [h] = rows(renderProverBench(bench), 'h')
  expect(h![0]).toBe(counts.h.toLocaleString('en-US'))
  expect(Number(h![3])).toBeCloseTo(70 / ((counts.h * 3) / 1e6), 1)
})
