import { describe } from 'vitest'
import { float } from '../../support/onnx-builder.js'
import { constant, testRefused, testVectors } from '../../support/operator-vectors.js'

const three = [-1, 0, 1]

describe('functions of each element', () => {
  testVectors([
    { op: 'Sigmoid', opsets: [7, 13], inputs: [three], outputs: [[0.26894143, 0.5, 0.7310586]] },
    { op: 'Tanh', opsets: [7, 13], inputs: [three], outputs: [[-0.76159418, 0, 0.76159418]] },
    { op: 'Exp', inputs: [three], outputs: [[0.36787945, 1, 2.71828175]] },
    { op: 'Log', inputs: [[1, 10]], outputs: [[0, 2.30258512]] },
    { op: 'Erf', opsets: [9, 13], inputs: [[-3.5, -1, 0, 1]], outputs: [[-1, -0.84270079, 0, 0.84270079]] },
    { op: 'Softplus', inputs: [[-1, 0, 1, 200]], outputs: [[0.31326166, Math.LN2, 1.31326163, 200]] },
    { op: 'Softsign', inputs: [three], outputs: [[-0.5, 0, 0.5]] },
    { op: 'Mish', opsets: [18], inputs: [three], outputs: [[-0.30340147, 0, 0.86509839]] },
    { op: 'HardSwish', opsets: [14], inputs: [[-4, -1, 1, 4]], outputs: [[0, -1 / 3, 2 / 3, 4]] },
    { op: 'Gelu', opsets: [20], inputs: [three], outputs: [[-0.15865526, 0, 0.84134474]] },
    {
      op: 'Gelu',
      opsets: [20],
      inputs: [three],
      attributes: { approximate: 'tanh' },
      outputs: [[-0.158808, 0, 0.841192]],
    },
    {
      op: 'LeakyRelu',
      opsets: [7, 16],
      inputs: [three],
      attributes: { alpha: float(0.1) },
      outputs: [[-0.1, 0, 1]],
    },
    { title: 'default', op: 'LeakyRelu', inputs: [three], outputs: [[-0.01, 0, 1]] },
    { op: 'Elu', inputs: [three], attributes: { alpha: float(2) }, outputs: [[-1.2642411, 0, 1]] },
    {
      op: 'Selu',
      inputs: [three],
      attributes: { alpha: float(2), gamma: float(3) },
      outputs: [[-3.79272318, 0, 3]],
    },
    { title: 'default', op: 'Selu', inputs: [three], outputs: [[-1.11133, 0, 1.05070102]] },
    {
      op: 'Celu',
      opsets: [12],
      inputs: [three],
      attributes: { alpha: float(2) },
      outputs: [[-0.78693868, 0, 1]],
    },
    {
      op: 'ThresholdedRelu',
      inputs: [[-1.5, 0, 1.2, 2, 2.2]],
      attributes: { alpha: float(2) },
      outputs: [[0, 0, 0, 0, 2.2]],
    },
    { op: 'Sign', inputs: [[-5, 0, 2]], outputs: [[-1, 0, 1]] },
    { op: 'Floor', inputs: [[-1.5, 1.2, 2]], outputs: [[-2, 1, 2]] },
    { op: 'Ceil', inputs: [[-1.5, 1.2]], outputs: [[-1, 2]] },
    {
      op: 'Round',
      inputs: [[0.1, 0.5, 0.9, 1.5, 2.5, 2.7, -1.1, -1.5, -2.5, -2.8]],
      outputs: [[0, 0, 1, 2, 2, 3, -1, -2, -2, -3]],
    },
    { op: 'Sin', inputs: [three], outputs: [[-0.84147098, 0, 0.84147098]] },
    { op: 'Cos', inputs: [three], outputs: [[0.54030231, 1, 0.54030231]] },
  ])
})

describe('clips', () => {
  const wide = [-2, 0, 2]
  testVectors([
    {
      op: 'Clip',
      opsets: [7],
      inputs: [wide],
      attributes: { min: float(-1), max: float(1) },
      outputs: [three],
    },
    { title: 'no bounds', op: 'Clip', opsets: [7, 11], inputs: [wide], outputs: [wide] },
    { op: 'Clip', opsets: [11, 13], inputs: [wide, constant(-1), constant(1)], outputs: [three] },
    { title: 'upper bound', op: 'Clip', inputs: [wide, null, constant(1)], outputs: [[-2, 0, 1]] },
    { title: 'a ReLU', op: 'Clip', inputs: [wide, constant(0)], outputs: [[0, 0, 2]] },
    {
      title: 'no bounds in floats',
      op: 'Clip',
      inputs: [wide, constant(-3.4028234663852886e38), constant(3.4028234663852886e38)],
      outputs: [wide],
    },
    {
      title: 'bounds that cross',
      op: 'Clip',
      inputs: [wide, constant(2), constant(1)],
      outputs: [[1, 1, 1]],
    },
    {
      op: 'HardSigmoid',
      inputs: [three],
      attributes: { alpha: float(0.5), beta: float(0.6) },
      outputs: [[0.1, 0.6, 1]],
    },
    { title: 'default', op: 'HardSigmoid', inputs: [[-3, 0, 3]], outputs: [[0, 0.5, 1]] },
  ])
})

describe('PRelu', () => {
  const image = [[[[-1, 2]], [[-3, -4]]]]
  testVectors([
    {
      title: 'one slope',
      op: 'PRelu',
      opsets: [7, 9, 16],
      inputs: [image, constant([0.5])],
      outputs: [[[[[-0.5, 2]], [[-1.5, -2]]]]],
    },
    {
      title: 'per channel',
      op: 'PRelu',
      inputs: [image, constant([[[0.5]], [[0.1]]])],
      outputs: [[[[[-0.5, 2]], [[-0.3, -0.4]]]]],
    },
    {
      title: 'per element',
      op: 'PRelu',
      inputs: [image, constant([[[0.5, 0]], [[0.1, 2]]])],
      outputs: [[[[[-0.5, 2]], [[-0.3, -8]]]]],
    },
  ])
})

describe('refusals', () => {
  const code = 'UNSUPPORTED_OPERATOR'
  testRefused([
    { op: 'PRelu', inputs: [three, three], code, message: /constant slope/ },
    { op: 'Clip', inputs: [three, [0]], code, message: /constant min/ },
    { op: 'Gelu', opsets: [19], inputs: [three], code, message: /needs opset 20/ },
    {
      op: 'Gelu',
      opsets: [20],
      inputs: [three],
      attributes: { approximate: 'cubic' },
      code: 'INVALID_ONNX',
      message: /cubic/,
    },
    {
      op: 'Celu',
      inputs: [three],
      attributes: { alpha: float(0) },
      code: 'INVALID_ONNX',
      message: /alpha 0/,
    },
    { op: 'PRelu', inputs: [[1], constant([1, 2])], code: 'INVALID_ONNX', message: /slope larger/ },
  ])
})
