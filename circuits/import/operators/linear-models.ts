import type { FloatTensor } from '#circuits/graph/graph.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'
import {
  countLabels,
  featureRow,
  finishLabel,
  finishScores,
  readLabels,
} from '#circuits/import/operators/classes.js'
import { mapTensor } from '#circuits/import/operators/constant-operand.js'
import {
  addConstantStep,
  multiplyConstantStep,
  multiplyOperands,
} from '#circuits/import/operators/linear-steps.js'
import { divideByRoot, divideBySum } from '#circuits/import/operators/normalisation-layers.js'
import { poolAxes } from '#circuits/import/operators/reduce.js'
import { applyStep } from '#circuits/import/operators/scalar-steps.js'
import { addStep, finish } from '#circuits/import/operators/steps.js'

interface LinearModel {
  readonly weight: FloatTensor
  readonly bias: FloatTensor
}

/** Coefficients [outputs, features] and intercepts of a linear model. */
function readLinearModel(call: OperatorCall, input: string, outputs: number | null): LinearModel {
  const coefficients = readNumbers(call, 'coefficients')
  const intercepts = readNumbers(call, 'intercepts')
  const features = call.builder.shapeOf(input).at(-1)!
  const count = outputs ?? (intercepts.length > 0 ? intercepts.length : coefficients.length / features)
  if (coefficients.length !== count * features || (intercepts.length > 0 && intercepts.length !== count)) {
    call.refuse(
      `has ${coefficients.length} coefficients and ${intercepts.length} intercepts for ${features} features`,
    )
  }
  const bias = intercepts.length > 0 ? intercepts : new Float32Array(count)
  return { weight: { shape: [count, features], data: coefficients }, bias: { shape: [count], data: bias } }
}

/** A list of finite numbers. */
function readNumbers(call: OperatorCall, name: string): Float32Array {
  const data = Float32Array.from(call.attributes.floats(name, []))
  if (!data.every(Number.isFinite)) call.refuse(`has ${name} that are not finite`)
  call.builder.claimElements(data.length)
  return data
}

export function readLinearRegressor(call: OperatorCall): void {
  const targets = call.attributes.int('targets', 1)
  if (!(targets >= 1)) call.refuse(`has ${targets} targets`)
  const transform = call.attributes.string('post_transform', 'NONE')
  if (transform !== 'NONE') call.unsupported(`has post_transform "${transform}"`)
  const input = featureRow(call)
  finish(call, addStep(call, { kind: 'dense', input, ...readLinearModel(call, input, targets) }))
}

/** LinearClassifier: the label of the largest score, and scores. One score for two classes tells by its sign. */
export function readLinearClassifier(call: OperatorCall): void {
  const labels = readLabels(call, 'classlabels_ints', 'classlabels_strings')
  const transform = call.attributes.string('post_transform', 'NONE')
  call.attributes.int('multi_class', 0)
  const input = featureRow(call)
  const model = readLinearModel(call, input, null)
  const classes = countLabels(labels)
  const scoreCount = model.bias.data.length
  if (scoreCount === 1 && classes === 2) {
    if (transform !== 'NONE') call.unsupported(`has post_transform "${transform}" of one score`)
    const score = addStep(call, { kind: 'dense', input, ...model })
    const column = { shape: [2, 1], data: Float32Array.of(0, 1) }
    finishLabel(call, addStep(call, { kind: 'dense', input: score, weight: column, bias: null }), labels)
    const pair = { shape: [2, 1], data: Float32Array.of(-1, 1) }
    const bias = { shape: [2], data: Float32Array.of(1, 0) }
    finishScores(call, addStep(call, { kind: 'dense', input: score, weight: pair, bias }), 'NONE')
    return
  }
  if (scoreCount < 2 || classes !== scoreCount)
    call.unsupported(`has ${scoreCount} scores for ${classes} classes`)
  // σ(−z) and σ(z) are the softmax of −z/2 and z/2, which stays outside of the circuit where it is last.
  const isPair = transform === 'LOGISTIC' && isOpposite(model)
  const used = isPair ? halved(model) : model
  const scores = addStep(call, { kind: 'dense', input, ...used })
  finishLabel(call, scores, labels)
  finishScores(call, scores, isPair ? 'SOFTMAX' : transform)
}

function isOpposite({ weight, bias }: LinearModel): boolean {
  const half = weight.data.length / 2
  const isMirror = (data: Float32Array, length: number): boolean => {
    return (
      data.length === 2 * length &&
      data.subarray(0, length).every((value, index) => value === -data[length + index]!)
    )
  }
  return isMirror(weight.data, half) && isMirror(bias.data, 1)
}

function halved({ weight, bias }: LinearModel): LinearModel {
  const half = (tensor: FloatTensor): FloatTensor => mapTensor(tensor, (value) => value / 2)
  return { weight: half(weight), bias: half(bias) }
}

/** Scaler: (x − offset)·scale for each feature, or with one number for all. */
export function readScaler(call: OperatorCall): void {
  const features = call.inputShape(0).at(-1) ?? call.refuse('scales a scalar')
  const read = (name: string): FloatTensor => {
    const data = readNumbers(call, name)
    if (data.length !== 1 && data.length !== features) {
      call.refuse(`has ${data.length} numbers in ${name} for ${features} features`)
    }
    return { shape: data.length === 1 ? [] : [features], data }
  }
  const [offset, scale] = [read('offset'), read('scale')]
  const centred = addConstantStep(
    call,
    call.input(0),
    mapTensor(offset, (value) => -value),
  )
  finish(call, multiplyConstantStep(call, centred, scale))
  call.builder.setInteger(call.output, false)
}

/** Normalizer: rows divided by their largest element, sum of absolutes or length; probabilities stay as they are. */
export function readNormalizer(call: OperatorCall): void {
  const norm = call.attributes.string('norm', 'MAX')
  const input = call.input(0)
  const axis = call.inputShape(0).length - 1
  if (axis < 0) call.refuse('normalises a scalar')
  if (norm === 'L1') {
    const isDistribution = call.builder.distributions.has(input)
    finish(call, isDistribution ? input : divideBySum(call, input, axis))
    if (isDistribution) call.builder.distributions.add(call.output)
  } else if (norm === 'L2') {
    finish(call, divideByRoot(call, input, axis))
  } else if (norm === 'MAX') {
    const largest = poolAxes(call, input, [axis], 'maxPool')
    finish(call, multiplyOperands(call, input, applyStep(call, largest, 'reciprocal')))
  } else call.refuse(`has norm "${norm}"`)
}
