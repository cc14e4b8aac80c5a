import type { FloatTensor } from '#circuits/graph/graph.js'
import { type Constant, floatConstant } from '#circuits/import/constant.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'
import { convStep } from '#circuits/import/operators/conv.js'
import { addOperands } from '#circuits/import/operators/linear-steps.js'
import { matMulStep } from '#circuits/import/operators/matmul.js'
import {
  dequantiseConstant,
  dequantiseStep,
  type Levels,
  quantiseConstant,
  quantiseStep,
  readLevels,
} from '#circuits/import/operators/quantisation.js'
import { poolAxes } from '#circuits/import/operators/reduce.js'
import { finish } from '#circuits/import/operators/steps.js'
import { elementTypeName } from '#circuits/import/tensor.js'

/** QuantizeLinear: the type of the zero point, or output_dtype, or uint8. */
export function readQuantizeLinear(call: OperatorCall): void {
  const levels = readLevelsOf(call)
  call.attributes.int('saturate', 1)
  const type = call.opset >= 21 ? call.attributes.int('output_dtype', 0) : 0
  const element = levels.zero === null ? elementTypeName(type === 0 ? 2 : type) : elementOf(call, levels.zero)
  const constant = call.builder.constant(call.input(0))
  if (constant === null) finishIntegers(call, quantiseStep(call, call.input(0), levels, element))
  else call.builder.addConstant(call.output, quantiseConstant(call, constant, levels, element))
}

/** DequantizeLinear of weights, and of what a QuantizeLinear or an integer input gives. */
export function readDequantizeLinear(call: OperatorCall): void {
  finishReal(call, realInput(call, 0, readLevelsOf(call)))
}

/** QLinearConv: a convolution of what the integers stand for. */
export function readQLinearConv(call: OperatorCall): void {
  const levels = readLevels(call, [1, 2])
  const weightLevels = readLevels(call, [4, 5])
  const weight = dequantiseConstant(call, call.constantInput(3, 'weight'), weightLevels)
  const bias = call.optionalConstant(8, 'bias')
  const scales = weightLevels.scale.data
  const realBias: FloatTensor | null =
    bias === null
      ? null
      : {
          shape: bias.shape,
          data: Float32Array.from(bias.data, (value, output) => {
            return value * levels.scale.data[0]! * scales[scales.length === 1 ? 0 : output]!
          }),
        }
  finishQuantised(call, convStep(call, realInput(call, 0, levels), weight, realBias), [6, 7])
}

/** QLinearMatMul: a product of what the integers stand for. */
export function readQLinearMatMul(call: OperatorCall): void {
  const rankOf = (index: number): number => call.inputShape(index).length
  const left = realInput(call, 0, readLevels(call, [1, 2], Math.max(0, rankOf(0) - 2)))
  const right = realInput(call, 3, readLevels(call, [4, 5], Math.max(0, rankOf(3) - 1)))
  finishQuantised(call, matMulStep(call, left, right), [6, 7])
}

/** QLinearAdd of com.microsoft. */
export function readQLinearAdd(call: OperatorCall): void {
  const left = realInput(call, 0, readLevels(call, [1, 2]))
  const right = realInput(call, 3, readLevels(call, [4, 5]))
  finishQuantised(call, addOperands(call, left, right), [6, 7])
}

/** QLinearGlobalAveragePool of com.microsoft. */
export function readQLinearGlobalAveragePool(call: OperatorCall): void {
  const channelsLast = call.attributes.flag('channels_last', false)
  const rank = call.inputShape(0).length
  const axes = Array.from({ length: Math.max(0, rank - 2) }, (_, index) => index + (channelsLast ? 1 : 2))
  const mean = poolAxes(call, realInput(call, 0, readLevels(call, [1, 2])), axes, 'averagePool')
  finishQuantised(call, mean, [3, 4])
}

/** ConvInteger: a convolution of integers less their zero points. */
export function readConvInteger(call: OperatorCall): void {
  const zero = call.optionalConstant(3, 'zero point')
  const weight = dequantiseConstant(call, call.constantInput(1, 'weight'), unitLevels(zero, 0))
  finishIntegers(call, convStep(call, lessZero(call, 0, 2, 0), weight, null))
}

/** MatMulInteger: a product of integers less their zero points. */
export function readMatMulInteger(call: OperatorCall): void {
  const rankOf = (index: number): number => call.inputShape(index).length
  const left = lessZero(call, 0, 2, Math.max(0, rankOf(0) - 2))
  const right = lessZero(call, 1, 3, Math.max(0, rankOf(1) - 1))
  finishIntegers(call, matMulStep(call, left, right))
}

function readLevelsOf(call: OperatorCall): Levels {
  const block = call.opset >= 21 ? call.attributes.int('block_size', 0) : 0
  const asked = call.attributes.int('axis', 1)
  const rank = call.inputShape(0).length
  const scale = call.constantInput(1, 'scale')
  // One scale for all holds along any axis, that of a value without axes too.
  const axis = scale.data.length === 1 && block === 0 ? 0 : call.axis(asked, rank)
  return readLevels(call, [1, 2], axis, block)
}

/** Scale 1 with a zero point of its own. */
function unitLevels(zero: Constant | null, axis: number): Levels {
  const count = zero?.data.length ?? 1
  return { scale: floatConstant(new Float32Array(count).fill(1)), zero, axis, block: 0 }
}

function lessZero(call: OperatorCall, index: number, zeroIndex: number, axis: number): string {
  return realInput(call, index, unitLevels(call.optionalConstant(zeroIndex, 'zero point'), axis))
}

/** An input of integers as the real numbers they stand for. */
function realInput(call: OperatorCall, index: number, levels: Levels): string {
  const constant = call.builder.constant(call.input(index))
  if (constant === null) return dequantiseStep(call, call.input(index), levels)
  const output = call.innerValue('dequantised')
  const { shape, data } = dequantiseConstant(call, constant, levels)
  call.builder.addConstant(output, floatConstant(data, shape))
  return output
}

/** Gives the call's output the integers that stand for a real value, by the scale and zero point at two inputs. */
function finishQuantised(call: OperatorCall, real: string, indices: readonly [number, number]): void {
  const levels = readLevels(call, indices)
  const element = levels.zero === null ? 'uint8' : elementOf(call, levels.zero)
  finishIntegers(call, quantiseStep(call, real, levels, element))
}

function finishIntegers(call: OperatorCall, integers: string): void {
  finish(call, integers)
  call.builder.setInteger(call.output, true)
  const known = call.builder.quantised.get(integers)
  if (known !== undefined) call.builder.quantised.set(call.output, known)
}

function finishReal(call: OperatorCall, real: string): void {
  finish(call, real)
  call.builder.setInteger(call.output, false)
}

function elementOf(call: OperatorCall, zero: Constant): string {
  const element = zero.type === 'integer' ? zero.element : undefined
  return element ?? call.unsupported('has a zero point of a type that is not known')
}
