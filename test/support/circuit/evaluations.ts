/** Circuits of evaluations as instances of a batch, with what the integer interpreter counts. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Trace, traceModel } from '#circuits/analyse/trace.js'
import type { WeightMode } from '#circuits/analyse/weight-plan.js'
import { emitEvaluation } from '#circuits/emit/evaluation.js'
import { inputSignalNames } from '#circuits/emit/inputs.js'
import { packageRoot } from '#circuits/paths.js'
import { countCorrect, type Evaluation, evaluationInputs } from '#circuits/qmodel/evaluation.js'
import { interpretIntegers } from '#circuits/qmodel/interpret.js'
import { commitChunk } from '#prover/evaluation/chunk.js'
import { weightSignals } from '../committed.js'
import { RandomSource } from '../random-source.js'
import { type Batch, compileBatch } from './batch.js'
import type { Claim } from './forge.js'
import type { CostedInstance } from './gadgets.js'

const library = ['bits.circom', 'rescale.circom', 'maximum.circom', 'commitment.circom']
const equal = readFileSync(join(packageRoot, 'circuits', 'lib', 'equal.circom'), 'utf8')

export interface EvaluationSpec {
  readonly evaluation: Evaluation
  readonly weights: WeightMode
  /** May change the emitted text. */
  readonly rewrite?: (source: string) => string
}

/** Compiles emitted evaluations side by side. */
export async function evaluationBatch(
  specs: readonly EvaluationSpec[],
): Promise<{ readonly batch: Batch; readonly instances: readonly CostedInstance[] }> {
  const traces = specs.map(({ evaluation, weights }) => traceModel(evaluation.model, weights))
  const instances = await Promise.all(specs.map((spec, k) => instanceOf(spec, traces[k]!, k)))
  const templates = specs.map(({ evaluation, rewrite }, k) => {
    const { source } = emitEvaluation(evaluation, traces[k]!)
    const kept = (rewrite ? rewrite(source) : source)
      .split('\n')
      .filter((line) => !/^(pragma|include|component main)/.test(line))
    return kept.join('\n').replace(/\b(Network|Inference)\(\)/g, `$1${k}()`)
  })
  const text = ['pragma circom 2.1.6;', ...library.map((file) => `include "${file}";`), ...templates].join(
    '\n',
  )
  return {
    batch: await compileBatch(instances, [], { 'equal.circom': equal, 'evaluations.circom': text }),
    instances,
  }
}

/** Takes context, salt, lanes of the rows, labels, then weights and blinding where hidden. */
async function instanceOf(
  { evaluation, weights }: EvaluationSpec,
  trace: Trace,
  k: number,
): Promise<CostedInstance> {
  const { model, labels } = evaluation
  const size = model.inputs[0]!.shape.reduce((product, length) => product * length, 1)
  const [rows, right] = inputSignalNames(evaluationInputs(evaluation))
  const hidden = weights === 'committed' ? [...weightSignals(model), 12345n] : []
  const first = 2 + size + model.batch
  return {
    name: `evaluation of ${model.name} on ${model.batch} rows, ${weights}`,
    inputCount: first + hidden.length,
    outputCount: 2,
    body: (g, x, y) =>
      [
        `component ${g} = Network${k}(); ${g}.context <== ${x}[0]; ${g}.salt <== ${x}[1];`,
        `for (var i = 0; i < ${size}; i++) ${g}.${rows}[i] <== ${x}[2 + i];`,
        `for (var i = 0; i < ${model.batch}; i++) ${g}.${right}[i] <== ${x}[${2 + size} + i];`,
        hidden.length === 0
          ? ''
          : `for (var i = 0; i < ${hidden.length - 1}; i++) ${g}.weights[i] <== ${x}[${first} + i];
             ${g}.blinding <== ${x}[${first + hidden.length - 1}];`,
        `${y}[0] <== ${g}.inputCommitment; ${y}[1] <== ${g}.correct;`,
      ].join(' '),
    widths: [model.inputs[0]!.bits, labels.bits],
    claims: await claimsOf(evaluation, size, hidden),
    cost: emitEvaluation(evaluation, trace).constraints,
  }
}

/** Every row a tie, at an end or at random; labels right, wrong, mixed, of no class, and out of range. */
async function claimsOf(
  evaluation: Evaluation,
  size: number,
  hidden: readonly bigint[],
): Promise<Omit<Claim, 'honest'>[]> {
  const { model, labels: port } = evaluation
  const { bits, lows } = model.inputs[0]!
  const random = new RandomSource(size)
  const top = 2 ** bits - 1
  const lanesOf = [
    () => 0,
    () => top,
    (i: number) => (i % 3 === 1 ? top : 0),
    (i: number) => (i % 3 === 0 ? top : top - 1),
    ...new Array<() => number>(3).fill(() => Number(random.bigintBelow(BigInt(top + 1)))),
  ]
  const noClass = 2 ** port.bits - 1
  const labelsOf: ((answer: number, row: number) => number)[] = [
    (answer) => answer,
    (answer) => (answer + 1) % 3,
    (answer, row) => (row === 0 ? answer : 0),
    () => noClass,
    (answer, row) => (row === 1 ? 2 ** port.bits : answer),
  ]
  const claims = lanesOf.flatMap((laneOf) => {
    const lanes = Array.from({ length: size }, (_, i) => laneOf(i))
    const integers = Float64Array.from(lanes, (lane) => lane + lows[0]!)
    const answers = interpretIntegers(model, [integers])[model.outputs[0]!.tensor]!
    return labelsOf.map(async (labelOf, k): Promise<Omit<Claim, 'honest'>> => {
      const labels = Float64Array.from(answers, labelOf)
      const salt = BigInt(k) * 10n ** 60n
      const inputs = [7n, salt, ...[...lanes, ...labels].map(BigInt), ...hidden]
      if (labels.some((label) => label > noClass)) return { inputs, expected: null }
      const commitment = await commitChunk(evaluation, [integers, labels], salt)
      return { inputs, expected: [commitment, BigInt(countCorrect(evaluation, [integers, labels]))] }
    })
  })
  return Promise.all(claims)
}
