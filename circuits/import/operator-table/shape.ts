import { anyNumber, type OperatorRow, row } from '#circuits/import/operator-row.js'
import { readCast, readCastLike } from '#circuits/import/operators/cast.js'
import { readConcat } from '#circuits/import/operators/concat.js'
import { readConstant } from '#circuits/import/operators/constant.js'
import { readGather, readGatherElements, readGatherNd } from '#circuits/import/operators/gather.js'
import { readDropout, readIdentity } from '#circuits/import/operators/identity.js'
import { readAttributePad, readPad } from '#circuits/import/operators/pad.js'
import { readAttributeSlice, readSlice, readSplit, readTile } from '#circuits/import/operators/select.js'
import {
  readFlatten,
  readReshape,
  readSqueeze,
  readTranspose,
  readUnsqueeze,
} from '#circuits/import/operators/shape.js'
import {
  readConstantOfShape,
  readExpand,
  readLogic,
  readRange,
  readShape,
  readSize,
} from '#circuits/import/operators/shape-arithmetic.js'
import { readWhere } from '#circuits/import/operators/where.js'

const constants = { cost: '0', remarks: 'constants' }
const folded = { cost: '0', remarks: 'folded into a constant' }

/** What only moves elements, and what is known at import. */
export const shapeOperators: readonly OperatorRow[] = [
  row(
    'And',
    [2, 2],
    readLogic((a, b) => a !== 0 && b !== 0),
    constants,
  ),
  row('Cast', [1, 1], readCast, {
    cost: '0; to integers a table: n + 30 an element at most',
    remarks: 'constants; values between float types, and to int32 and int64',
  }),
  row('CastLike', [2, 2], [[15, readCastLike]], { cost: 'as Cast', remarks: 'as Cast' }),
  row('Concat', [1, anyNumber], readConcat, { cost: '0', remarks: 'values and constants' }),
  row('Constant', [0, 0], readConstant, { cost: '0', remarks: 'numbers in any form' }),
  row('ConstantOfShape', [1, 1], [[9, readConstantOfShape]], constants),
  row('Dropout', [1, 3], readDropout, { cost: '0', remarks: 'inference: the identity' }),
  row(
    'Equal',
    [2, 2],
    readLogic((a, b) => a === b),
    constants,
  ),
  row('Expand', [2, 2], [[8, readExpand]], { cost: '0', remarks: 'constant shape' }),
  row('Flatten', [1, 1], readFlatten, { cost: '0' }),
  row('Gather', [2, 2], readGather, { cost: '0', remarks: 'constant indices' }),
  row('GatherElements', [2, 2], [[11, readGatherElements]], { cost: '0', remarks: 'constant indices' }),
  row('GatherND', [2, 2], [[11, readGatherNd]], { cost: '0', remarks: 'constant indices, no batch_dims' }),
  row(
    'Greater',
    [2, 2],
    readLogic((a, b) => a > b),
    constants,
  ),
  row('GreaterOrEqual', [2, 2], [[12, readLogic((a, b) => a >= b)]], constants),
  row('Identity', [1, 1], readIdentity, { cost: '0' }),
  row(
    'Less',
    [2, 2],
    readLogic((a, b) => a < b),
    constants,
  ),
  row('LessOrEqual', [2, 2], [[12, readLogic((a, b) => a <= b)]], constants),
  row(
    'Not',
    [1, 1],
    readLogic((a) => a === 0),
    constants,
  ),
  row(
    'Or',
    [2, 2],
    readLogic((a, b) => a !== 0 || b !== 0),
    constants,
  ),
  row(
    'Pad',
    [1, 4],
    [
      [7, readAttributePad],
      [11, readPad],
    ],
    { cost: '0', remarks: 'constant, reflect, edge, wrap; constant pads, negative ones too' },
  ),
  row('Range', [3, 3], [[11, readRange]], constants),
  row('Reshape', [2, 2], readReshape, { cost: '0', remarks: 'constant shape; 0, −1, allowzero' }),
  row('Shape', [1, 1], readShape, folded),
  row('Size', [1, 1], readSize, folded),
  row(
    'Slice',
    [1, 5],
    [
      [7, readAttributeSlice],
      [10, readSlice],
    ],
    { cost: '0', remarks: 'constant bounds; any steps' },
  ),
  row('Split', [1, 2], readSplit, { cost: '0', remarks: 'constant sizes, num_outputs', outputs: anyNumber }),
  row('Squeeze', [1, 2], readSqueeze, { cost: '0', remarks: 'constant axes' }),
  row('Tile', [2, 2], readTile, { cost: '0', remarks: 'constant repeats' }),
  row('Transpose', [1, 1], readTranspose, { cost: '0' }),
  row('Unsqueeze', [1, 2], readUnsqueeze, { cost: '0', remarks: 'constant axes' }),
  row('Where', [3, 3], [[9, readWhere]], { cost: '0', remarks: 'constant condition' }),
  row(
    'Xor',
    [2, 2],
    readLogic((a, b) => (a !== 0) !== (b !== 0)),
    constants,
  ),
]
