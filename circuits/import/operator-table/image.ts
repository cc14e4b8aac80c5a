import { type OperatorRow, row } from '#circuits/import/operator-row.js'
import { readConvTranspose } from '#circuits/import/operators/conv-transpose.js'
import { readDepthToSpace, readSpaceToDepth } from '#circuits/import/operators/depth-space.js'
import { readResize, readSimpleResize, readUpsample } from '#circuits/import/operators/resize.js'

/** What changes the size of images. */
export const imageOperators: readonly OperatorRow[] = [
  row('ConvTranspose', [2, 3], readConvTranspose, {
    cost: '0',
    remarks:
      '1-D and 2-D; constant weight; strides, pads, auto_pad, output_padding, output_shape, dilations, groups',
  }),
  row('DepthToSpace', [1, 1], readDepthToSpace, { cost: '0', remarks: 'DCR and CRD' }),
  row(
    'Resize',
    [1, 4],
    [
      [10, readSimpleResize],
      [11, readResize],
    ],
    { cost: '0', remarks: 'nearest and linear; constant scales or sizes; without antialias and crops' },
  ),
  row('SpaceToDepth', [1, 1], readSpaceToDepth, { cost: '0' }),
  row('Upsample', [1, 2], readUpsample, { cost: '0', remarks: 'nearest and linear; constant scales' }),
]
