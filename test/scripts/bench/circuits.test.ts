import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { importOnnx } from '#circuits/import/import-model.js'
import { benchCircuits } from '#scripts/bench/circuits/run.js'
import { sweepModel, sweepOperators, sweepPoints } from '#scripts/bench/circuits/sweep.js'

const folder = mkdtempSync(join(tmpdir(), 'zkserve-circuits-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('a sweep over circuits', () => {
  test('has every operator, shape, width and mode that is asked for', () => {
    const all = sweepPoints({ quick: false })
    expect(new Set(all.map(({ operator }) => operator))).toEqual(new Set(sweepOperators))
    const few = sweepPoints({ quick: false, operators: ['Relu'], bits: [5], weights: ['fixed'] })
    expect(few.map(({ operator, bits }) => [operator, bits])).toEqual([
      ['Relu', 5],
      ['Relu', 5],
    ])
    expect(sweepPoints({ quick: true }).length).toBeLessThan(all.length / 3)
  })

  test('has models that can be read', () => {
    for (const point of sweepPoints({ quick: true, bits: [8], weights: ['fixed'] })) {
      const [node] = importOnnx(sweepModel(point)).nodes
      expect(node, point.operator).toBeDefined()
    }
  })

  test('measures what is predicted, and writes figures and charts', async () => {
    const operators = ['Gemm', 'MaxPool']
    const { results, failures, mismatches, files } = await benchCircuits(
      { quick: true, operators, bits: [4] },
      folder,
      () => {},
    )
    expect(failures).toEqual([])
    expect(mismatches).toEqual([])
    expect(results.map(({ measured }) => measured)).toEqual(results.map(({ predicted }) => predicted))
    const [csv, json, ...charts] = files.map((file) => readFileSync(file, 'utf8'))
    expect(csv!.trim().split('\n')).toHaveLength(1 + results.length)
    expect(JSON.parse(json!).results).toEqual(results)
    expect(charts.map((chart) => chart.slice(0, 4))).toEqual(['<svg', '<svg', '<svg'])
  })
})
