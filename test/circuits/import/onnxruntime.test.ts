import { describe, expect, test } from 'vitest'
import { ZkserveError } from '#circuits/errors.js'
import { interpretGraph } from '#circuits/graph/interpret.js'
import { optimiseGraph } from '#circuits/graph/passes/optimise.js'
import { importOnnx } from '#circuits/import/import-model.js'
import { opsets } from '#circuits/import/operator-row.js'
import { operatorTable } from '#circuits/import/operator-table.js'
import type { Generator } from '../../support/onnx-cases/generator.js'
import { generators, withoutGenerator } from '../../support/onnx-cases/generators.js'
import { OnnxCase } from '../../support/onnx-cases/onnx-case.js'
import { loadOnnxruntime } from '../../support/onnxruntime.js'
import { isRelease } from '../../support/release.js'

/** Random models for each operator in one run; ZKSERVE_RELEASE=1 makes them many. */
const casesPerOperator = isRelease ? 400 : 20
/** Differences allowed, relative to the largest element of the output or to 0.2: normalisation magnifies rounding. */
const tolerance = 1e-4

const runtime = await loadOnnxruntime()
if (runtime === null) process.stderr.write('onnxruntime cannot be loaded here: nothing is compared with it\n')

interface Outcome {
  readonly compared: number
  /** Why models are not taken by the importer or by onnxruntime, with counts. */
  readonly refused: ReadonlyMap<string, number>
  readonly differences: readonly string[]
}

/** Runs random models about one operator through onnxruntime, the graph as imported, and the optimised graph. */
async function compareOperator({ operator, since, until = opsets.most, make }: Generator): Promise<Outcome> {
  const refused = new Map<string, number>()
  const refuse = (reason: string) => refused.set(reason, (refused.get(reason) ?? 0) + 1)
  const differences: string[] = []
  let compared = 0
  for (let seed = 1; seed <= casesPerOperator; seed++) {
    const first = Math.max(since, opsets.least)
    const opset = first + ((seed * 5) % (until - first + 1))
    const draw = new OnnxCase(seed * 7919 + operator.length, opset, { folded: seed % 8 === 0 })
    const { file, outputs } = draw.finish(make(draw))
    const expected = await runtime!.run(file, draw.feeds).catch((error: Error) => {
      refuse(`onnxruntime: ${error.message}`)
      return null
    })
    if (expected === null) continue
    const where = `${operator} of opset ${opset}, seed ${seed}`
    try {
      const graph = importOnnx(file)
      for (const each of [graph, optimiseGraph(graph)]) {
        const values = interpretGraph(each, draw.feeds)
        for (const { name } of outputs) {
          const difference = compareTensors(values.get(name)!, expected.get(name)!)
          if (difference !== null) differences.push(`${where}: ${difference}`)
        }
      }
      compared++
    } catch (error) {
      if (!(error instanceof ZkserveError)) throw error
      const isConstant = /depends on no input/.test(error.message)
      if (!isConstant && error.code !== 'UNSUPPORTED_OPERATOR' && error.code !== 'UNSUPPORTED_SHAPE') {
        differences.push(`${where}: ${error.code}: ${error.message}`)
        continue
      }
      refuse(error.message.replace(/"[^"]*"/g, '…').replace(/\d+/g, 'n'))
    }
  }
  return { compared, refused, differences }
}

interface Tensor {
  readonly shape: readonly number[]
  readonly data: ArrayLike<number>
}

function compareTensors(actual: Tensor, expected: Tensor): string | null {
  const [got, want] = [Array.from(actual.data), Array.from(expected.data)]
  if (actual.shape.join() !== expected.shape.join()) return `shape ${actual.shape}, not ${expected.shape}`
  const largest = Math.max(0.2, ...want.map(Math.abs))
  const at = want.findIndex((value, i) => !(Math.abs(value - got[i]!) <= tolerance * largest))
  return at < 0 ? null : `element ${at} is ${got[at]}, not ${want[at]}`
}

test('every operator that is read has a generator of random models, or a reason not to', () => {
  const bare = operatorTable.map(({ operator }) => operator).filter((operator) => !generators.has(operator))
  expect(bare.filter((operator) => !(operator in withoutGenerator))).toEqual([])
})

describe.skipIf(runtime === null)('the float interpreter equals onnxruntime on random models of', () => {
  const read = operatorTable.flatMap(({ operator }) => generators.get(operator) ?? [])
  test.each(read.map((generator) => [generator.operator, generator] as const))('%s', async (_, generator) => {
    const { compared, differences, refused } = await compareOperator(generator)
    expect(differences).toEqual([])
    // What a generator draws is mostly within what is read, else it shows nothing.
    expect(compared, JSON.stringify([...refused])).toBeGreaterThanOrEqual(casesPerOperator / 10)
  })
})
