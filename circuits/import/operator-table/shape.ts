import { anyNumber, type OperatorRow, row } from '#circuits/import/operator-row.js'
import { readConstant } from '#circuits/import/operators/constant.js'
import { readDropout, readIdentity } from '#circuits/import/operators/identity.js'
import { readAttributePad, readPad } from '#circuits/import/operators/pad.js'
import {
  readFlatten,
  readReshape,
  readSqueeze,
  readTranspose,
  readUnsqueeze,
} from '#circuits/import/operators/shape.js'
import { readCast, readConcat, readGather, readShape } from '#circuits/import/operators/shape-arithmetic.js'

/** What only moves elements, and what is known at import. */
export const shapeOperators: readonly OperatorRow[] = [
  row('Cast', [1, 1], readCast, { cost: '0', remarks: 'constants, and between float types' }),
  row('Concat', [1, anyNumber], readConcat, { cost: '0', remarks: 'constants' }),
  row('Constant', [0, 0], readConstant, { cost: '0', remarks: 'numbers in any form' }),
  row('Dropout', [1, 3], readDropout, { cost: '0', remarks: 'inference: the identity' }),
  row('Flatten', [1, 1], readFlatten, { cost: '0' }),
  row('Gather', [2, 2], readGather, { cost: '0', remarks: 'constants' }),
  row('Identity', [1, 1], readIdentity, { cost: '0' }),
  row(
    'Pad',
    [1, 4],
    [
      [7, readAttributePad],
      [11, readPad],
    ],
    { cost: '0', remarks: 'mode constant, no negative pads' },
  ),
  row('Reshape', [2, 2], readReshape, { cost: '0', remarks: 'constant shape; 0, −1, allowzero' }),
  row('Shape', [1, 1], readShape, { cost: '0', remarks: 'folded into a constant' }),
  row('Squeeze', [1, 2], readSqueeze, { cost: '0', remarks: 'constant axes' }),
  row('Transpose', [1, 1], readTranspose, { cost: '0' }),
  row('Unsqueeze', [1, 2], readUnsqueeze, { cost: '0', remarks: 'constant axes' }),
]
