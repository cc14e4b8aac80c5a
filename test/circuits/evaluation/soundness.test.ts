import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { traceModel } from '#circuits/analyse/trace.js'
import { emitEvaluation } from '#circuits/emit/evaluation.js'
import { packageRoot } from '#circuits/paths.js'
import { evaluationOf } from '#circuits/qmodel/evaluation.js'
import { withCapacities } from '#circuits/quantise/capacities.js'
import { type EvaluationSpec, evaluationBatch } from '../../support/circuit/evaluations.js'
import { forgeBatch } from '../../support/circuit/forge-batch.js'
import { expectOneOutput } from '../../support/circuit/one-output.js'
import { dense, tinyModel } from '../../support/circuit/tiny-model.js'

const argMax = (selectLast: boolean) =>
  tinyModel({
    name: `argMax, ${selectLast ? 'last' : 'lowest'}`,
    input: { shape: [1, 3], bits: 3, lo: -4 },
    steps: [{ shape: [1], layer: { kind: 'argMax', input: 0, selectLast } }],
  })

const hidden = withCapacities(
  tinyModel({
    name: 'dense, argMax',
    input: { shape: [1, 2], bits: 2, lo: 0 },
    steps: [
      dense(
        0,
        [
          [3, -2],
          [-7, 4],
          [1, 1],
        ],
        [0, 2, 0],
      ),
      { shape: [1], layer: { kind: 'argMax', input: 1, selectLast: false } },
    ],
  }),
)

const lowest: EvaluationSpec = { evaluation: evaluationOf(argMax(false), 2), weights: 'fixed' }
const specs: readonly EvaluationSpec[] = [
  lowest,
  { evaluation: evaluationOf(argMax(true), 3), weights: 'fixed' },
  { evaluation: evaluationOf(hidden, 2), weights: 'committed' },
]

test('the count is that of the interpreter, ties included, and no second one has a witness', async () => {
  const { batch, instances } = await evaluationBatch(specs)
  await expectOneOutput(batch, instances)
})

test('no constraint of the comparison can go: without it, a count is forged', async () => {
  const { source } = emitEvaluation(lowest.evaluation, traceModel(lowest.evaluation.model, 'fixed'))
  const library = readFileSync(join(packageRoot, 'circuits', 'lib', 'equal.circom'), 'utf8')
  const emitted = [...source.matchAll(/<==/g)].flatMap(({ index }) => {
    const line = source.slice(source.lastIndexOf('\n', index) + 1, source.indexOf('\n', index))
    if (!/matches|correct|labels_range/.test(line)) return []
    return [{ ...lowest, line, rewrite: () => `${source.slice(0, index)}<--${source.slice(index + 3)}` }]
  })
  const gadget = [
    library.replace('equal <==', 'equal <--'),
    library.replace(/\(left - right\) \* equal ===.*/, ''),
  ]
  const weakened = gadget.map((text, k) => {
    const template = text.replace(/pragma.*/, '').replace('Equal()', `Weak${k}()`)
    const rewrite = () => `${template}\n${source.replaceAll('= Equal()', `= Weak${k}()`)}`
    return { ...lowest, line: `equal.circom, ${k}`, rewrite }
  })
  const variants = [...emitted, ...weakened]
  expect(variants).toHaveLength(6 + 2)
  const { batch, instances } = await evaluationBatch(variants)
  const forgeries = await forgeBatch(batch, instances)
  forgeries.forEach((forgery, k) => {
    expect(forgery, variants[k]!.line).not.toBeNull()
  })
})

test('what answers by no class, answers batches, or has one row, is refused', () => {
  const refused = expect.objectContaining({ code: 'USAGE' })
  const scores = tinyModel({
    name: 'scores',
    input: { shape: [1, 2], bits: 2, lo: 0 },
    steps: [
      dense(
        0,
        [
          [3, -2],
          [-7, 4],
        ],
        [0, 2],
      ),
    ],
  })
  expect(() => evaluationOf(scores, 2)).toThrow(refused)
  expect(() => evaluationOf(lowest.evaluation.model, 2)).toThrow(refused)
  expect(() => evaluationOf(argMax(false), 1)).toThrow(refused)
})
