import { type OperatorRow, row } from '#circuits/import/operator-row.js'
import {
  readAttributeClip,
  readCelu,
  readClip,
  readFlattenedSoftmax,
  readFunction,
  readGelu,
  readHardSigmoid,
  readPRelu,
  readRelu,
  readSoftmax,
} from '#circuits/import/operators/activation.js'

const softmax = {
  cost: '0 as the last node: applied outside of the circuit; else a comparison, 2 look-ups and 1 product an element',
}
const table = { cost: 'table: n + 30 an element at most' }

/** Functions of each element, and Softmax. */
export const activationOperators: readonly OperatorRow[] = [
  row('Ceil', [1, 1], readFunction('ceil'), table),
  row('Celu', [1, 1], [[12, readCelu]], table),
  row(
    'Clip',
    [1, 3],
    [
      [7, readAttributeClip],
      [11, readClip],
    ],
    { cost: 'n + 2 an element, rescale included; 1 to 3 more for the upper end', remarks: 'constant bounds' },
  ),
  row('Cos', [1, 1], readFunction('cos'), table),
  row('Elu', [1, 1], readFunction('elu', [['alpha', 1]]), table),
  row('Erf', [1, 1], [[9, readFunction('erf')]], table),
  row('Exp', [1, 1], readFunction('exp'), table),
  row('Floor', [1, 1], readFunction('floor'), table),
  row('Gelu', [1, 1], [[20, readGelu]], { ...table, remarks: 'exact or tanh' }),
  row('HardSigmoid', [1, 1], readHardSigmoid, { cost: 'n + 3 to n + 5 an element', remarks: 'as a clip' }),
  row('HardSwish', [1, 1], [[14, readFunction('hardSwish')]], table),
  row('LeakyRelu', [1, 1], readFunction('leakyRelu', [['alpha', 0.01]]), table),
  row('Log', [1, 1], readFunction('log'), table),
  row(
    'LogSoftmax',
    [1, 1],
    [
      [7, readFlattenedSoftmax(true)],
      [13, readSoftmax(true)],
    ],
    softmax,
  ),
  row('Mish', [1, 1], [[18, readFunction('mish')]], table),
  row('PRelu', [2, 2], readPRelu, {
    cost: 'table: n + 30 an element at most',
    remarks: 'constant slope: one, one a channel, or any (as two sums and a ReLU)',
  }),
  row('Reciprocal', [1, 1], readFunction('reciprocal'), table),
  row('Relu', [1, 1], readRelu, { cost: 'n + 2 an element, rescale included' }),
  row('Round', [1, 1], [[11, readFunction('round')]], table),
  row(
    'Selu',
    [1, 1],
    readFunction('selu', [
      ['alpha', 1.6732631921768188],
      ['gamma', 1.0507010221481323],
    ]),
    table,
  ),
  row('Sigmoid', [1, 1], readFunction('sigmoid'), table),
  row('Sign', [1, 1], [[9, readFunction('sign')]], table),
  row('Sin', [1, 1], readFunction('sin'), table),
  row(
    'Softmax',
    [1, 1],
    [
      [7, readFlattenedSoftmax(false)],
      [13, readSoftmax(false)],
    ],
    softmax,
  ),
  row('Softplus', [1, 1], readFunction('softplus'), table),
  row('Softsign', [1, 1], readFunction('softsign'), table),
  row('Sqrt', [1, 1], readFunction('sqrt'), table),
  row('Tanh', [1, 1], readFunction('tanh'), table),
  row('ThresholdedRelu', [1, 1], [[10, readFunction('thresholdedRelu', [['alpha', 1]])]], table),
]
